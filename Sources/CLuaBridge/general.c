// The trampoline of general functions: arguments copied deeply, results written as tokens.
#include "state.h"

static int raise_value(lua_State *L, lb_state *lb, lb_tokens *tokens) {
  if (tokens->count == 0) return lb_raise_text(L, lb, false);
  lb_tokens_push_values(L, tokens);
  return lua_error(L);
}

int lb_general_call(lua_State *L, int32_t function) {
  lb_state *lb = lb_of(L);
  if (atomic_load_explicit(&lb->control->requested, memory_order_relaxed) != 0)
    return lb_raise_interrupt(L, lb);
  int count = lua_gettop(L);
  lb_copier copier;
  lb_copy_begin(L, &copier, false);
  lb_tokens *tokens = lb_tokens_push(L, lb);
  lb_value *values = lb_copy_stack(&copier, 1, count);
  lb_copy_commit(&copier, lb);
  lua_State *outer = lb->running;
  lb->running = L;
  lb->host_mode = true;
  lb_status status = lb->host.general(lb->host.context, function, values, count, tokens);
  lb->host_mode = false;
  lb->running = outer;
  if (status == LB_FAILED) return lb_raise_text(L, lb, true);
  if (status != LB_OK) return raise_value(L, lb, tokens);
  int pushed = lb_tokens_push_values(L, tokens);
  lb_tokens_clear(tokens);
  lb_settle_memory(L, lb);
  return pushed;
}

int lb_general(lua_State *L) {
  return lb_general_call(L, (int32_t)lua_tointeger(L, lua_upvalueindex(1)));
}
