// create, resume, wrap and xpcall that know which coroutine runs, so that an interrupt finds it;
// finalizers that run in one, because hooks are off in the collector.
#include "state.h"

static void switch_to(lb_state *lb, lua_State *L) {
  lb->running = L;
  lb_count_thread(L, lb);
  if (atomic_load(&lb->control->requested) != 0) lb_arm(L);
}

// Moves `count` arguments into the coroutine and runs it. Leaves its results, or one error object
// and a negative count, on top of L.
static int resume_into(lua_State *L, lua_State *coroutine, int count) {
  lb_state *lb = lb_of(L);
  if (!lua_checkstack(coroutine, count)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  lua_xmove(L, coroutine, count);
  int results = 0;
  switch_to(lb, coroutine);
  int status = lua_resume(coroutine, L, count, &results);
  switch_to(lb, L);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(coroutine, L, 1);
    return -1;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(coroutine, results);
    lua_pushliteral(L, "too many results to resume");
    return -1;
  }
  lua_xmove(coroutine, L, results);
  return results;
}

static int resume(lua_State *L) {
  lua_State *coroutine = lua_tothread(L, 1);
  if (coroutine == NULL) return luaL_typeerror(L, 1, "coroutine");
  int results = resume_into(L, coroutine, lua_gettop(L) - 1);
  bool succeeded = results >= 0;
  if (!succeeded) results = 1;
  lua_pushboolean(L, succeeded);
  lua_insert(L, -(results + 1));
  return results + 1;
}

static int call_wrapped(lua_State *L) {
  lua_State *coroutine = lua_tothread(L, lua_upvalueindex(1));
  int results = resume_into(L, coroutine, lua_gettop(L));
  if (results >= 0) return results;
  int status = lua_status(coroutine);
  // Hooks stay off in a coroutine that was stopped inside one: nothing may run in it any more.
  if (atomic_load(&lb_of(L)->control->requested) != 0) return lua_error(L);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_resetthread(coroutine);
    lua_xmove(coroutine, L, 1);
  }
  return lua_error(L);
}

static int create(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lb_charge_instructions(L, LB_COUNT_INTERVAL);
  lua_State *coroutine = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, coroutine, 1);
  return 1;
}

static int wrap(lua_State *L) {
  create(L);
  lua_pushcclosure(L, call_wrapped, 1);
  return 1;
}

void lb_open_coroutine(lua_State *L) {
  lua_getglobal(L, LUA_COLIBNAME);
  lua_pushcfunction(L, create);
  lua_setfield(L, -2, "create");
  lua_pushcfunction(L, resume);
  lua_setfield(L, -2, "resume");
  lua_pushcfunction(L, wrap);
  lua_setfield(L, -2, "wrap");
  lua_pop(L, 1);
}

// A message handler called for an interrupt runs inside the hook, where no hook reaches it.
static int guarded_handler(lua_State *L) {
  if (atomic_load(&lb_of(L)->control->requested) != 0) return 1;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static int finish_xpcall(lua_State *L, int status, lua_KContext below) {
  if (status == LUA_OK || status == LUA_YIELD) return lua_gettop(L) - (int)below;
  lua_pushboolean(L, false);
  lua_pushvalue(L, -2);
  return 2;
}

int lb_xpcall(lua_State *L) {
  int count = lua_gettop(L);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, guarded_handler, 1);
  lua_replace(L, 2);
  lua_pushboolean(L, true);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2);
  int status = lua_pcallk(L, count - 2, LUA_MULTRET, 2, 2, finish_xpcall);
  return finish_xpcall(L, status, 2);
}

// Lua runs finalizers with hooks off; in a coroutine of its own one can be stopped.
static int guarded_finalizer(lua_State *L) {
  lb_state *lb = lb_of(L);
  if (atomic_load(&lb->control->requested) != 0) return 0;
  lua_State *coroutine = lua_newthread(L), *outer = lb->running;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, 1);
  lua_xmove(L, coroutine, 2);
  int results = 0;
  switch_to(lb, coroutine);
  int status = lua_resume(coroutine, L, 1, &results);
  switch_to(lb, outer);
  if (status == LUA_OK || status == LUA_YIELD) return 0;
  lua_xmove(coroutine, L, 1);
  return lua_error(L);
}

// setmetatable as Lua has it, but a finalizer becomes one that can be stopped.
int lb_setmetatable(lua_State *L) {
  int type = lua_type(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
    return luaL_error(L, "cannot change a protected metatable");
  lua_settop(L, 2);
  if (type == LUA_TTABLE) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) == LUA_TFUNCTION && lua_tocfunction(L, -1) != guarded_finalizer) {
      lua_pushliteral(L, "__gc");
      lua_insert(L, -2);
      lua_pushcclosure(L, guarded_finalizer, 1);
      lua_rawset(L, 2);
    }
    lua_settop(L, 2);
  }
  lua_setmetatable(L, 1);
  return 1;
}
