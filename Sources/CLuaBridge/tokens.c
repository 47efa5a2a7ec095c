// Values written by the host, one after the other, and pushed onto the Lua stack by C later.
#include <string.h>

#include "state.h"

// Values that are pushed between two looks at whether to stop.
#define LB_TOKENS_BETWEEN_LOOKS 1024

typedef struct lb_token {
  lb_tag tag;
  int32_t kind;
  int64_t integer;
  double number;
  int64_t offset, length;
} lb_token;

// NULL only when memory is truly gone: in host mode the limit raises a flag instead.
static lb_token *append(lb_tokens *tokens, lb_tag tag) {
  int64_t needed = tokens->count + 1;
  if (!lb_grow(tokens->lb, (void **)&tokens->items, &tokens->capacity, needed, sizeof(lb_token)))
    return NULL;
  lb_token *token = &tokens->items[tokens->count++];
  *token = (lb_token){.tag = tag};
  return token;
}

lb_tokens *lb_tokens_new(lb_state *lb) {
  lb_tokens *tokens = lb_allocate(lb, NULL, 0, sizeof(lb_tokens));
  if (tokens != NULL) *tokens = (lb_tokens){.lb = lb};
  return tokens;
}

void lb_tokens_free(lb_tokens *tokens) {
  lb_tokens_clear(tokens);
  lb_allocate(tokens->lb, tokens, sizeof(lb_tokens), 0);
}

// Gives back what was not pushed: handles and native functions are queued as released.
void lb_tokens_clear(lb_tokens *tokens) {
  lb_state *lb = tokens->lb;
  for (int64_t i = 0; i < tokens->count; i++) {
    lb_token *token = &tokens->items[i];
    if (token->tag == LB_HANDLE) lb_queue_push(lb, token->kind, token->integer);
    if (token->tag == LB_NATIVE) lb_queue_push(lb, LB_KIND_NATIVE, token->integer);
    if (token->tag != LB_FUNCTION) continue;
    int32_t reference = (int32_t)token->integer;
    lb_release_references(lb, &reference, 1);
  }
  lb_allocate(lb, tokens->items, (size_t)tokens->capacity * sizeof(lb_token), 0);
  lb_allocate(lb, tokens->text, (size_t)tokens->text_capacity, 0);
  *tokens = (lb_tokens){.lb = lb};
}

void lb_put_nil(lb_tokens *tokens) { append(tokens, LB_NIL); }

void lb_put_boolean(lb_tokens *tokens, bool value) {
  lb_token *token = append(tokens, LB_BOOLEAN);
  if (token != NULL) token->integer = value;
}

void lb_put_integer(lb_tokens *tokens, int64_t value) {
  lb_token *token = append(tokens, LB_INTEGER);
  if (token != NULL) token->integer = value;
}

void lb_put_number(lb_tokens *tokens, double value) {
  lb_token *token = append(tokens, LB_NUMBER);
  if (token != NULL) token->number = value;
}

void lb_put_string(lb_tokens *tokens, const char *bytes, int64_t length) {
  int64_t needed = tokens->text_count + length;
  if (!lb_grow(tokens->lb, (void **)&tokens->text, &tokens->text_capacity, needed, 1)) return;
  lb_token *token = append(tokens, LB_STRING);
  if (token == NULL) return;
  token->offset = tokens->text_count;
  token->length = length;
  if (length > 0) memcpy(tokens->text + tokens->text_count, bytes, (size_t)length);
  tokens->text_count = needed;
}

void lb_put_table(lb_tokens *tokens, int64_t count, int64_t keyed, int32_t metatable) {
  lb_token *token = append(tokens, LB_TABLE);
  if (token == NULL) return;
  token->integer = count;
  token->length = keyed;
  token->kind = metatable;
}

void lb_put_function(lb_tokens *tokens, int32_t reference) {
  lb_token *token = append(tokens, LB_FUNCTION);
  if (token == NULL) return;
  token->integer = reference;
  tokens->lb->references.counts[reference]++;
}

static void put_owned(lb_tokens *tokens, lb_tag tag, int32_t kind, int64_t id) {
  lb_state *lb = tokens->lb;
  if (!lb_queue_reserve(lb, 1)) return;
  lb_token *token = append(tokens, tag);
  if (token == NULL) return;
  lb->queue.live++;
  token->kind = kind;
  token->integer = id;
}

void lb_put_native(lb_tokens *tokens, int32_t function) {
  put_owned(tokens, LB_NATIVE, LB_KIND_NATIVE, function);
}

void lb_put_handle(lb_tokens *tokens, int32_t kind, int64_t id) {
  put_owned(tokens, LB_HANDLE, kind, id);
}

static int tokens_gc(lua_State *L) {
  lb_tokens_clear(lua_touserdata(L, 1));
  return 0;
}

void lb_tokens_define(lua_State *L, lb_state *lb) {
  lua_newtable(L);
  lua_pushcfunction(L, tokens_gc);
  lua_setfield(L, -2, "__gc");
  lb->tokens_metatable = luaL_ref(L, LUA_REGISTRYINDEX);
}

// Tokens that Lua's collector frees if an error jumps past their user.
lb_tokens *lb_tokens_push(lua_State *L, lb_state *lb) {
  lb_tokens *tokens = lua_newuserdatauv(L, sizeof(lb_tokens), 0);
  *tokens = (lb_tokens){.lb = lb};
  lua_rawgeti(L, LUA_REGISTRYINDEX, lb->tokens_metatable);
  lua_setmetatable(L, -2);
  return tokens;
}

// The handle takes over the token's ownership, so the token is struck out.
static void push_owned(lua_State *L, lb_state *lb, lb_token *token) {
  lb_handle_push(L);
  lb_handle_fill(L, lb, lua_gettop(L), token->kind, token->integer);
  token->tag = LB_NIL;
}

static void push_native(lua_State *L, lb_state *lb, lb_token *token) {
  int32_t function = (int32_t)token->integer;
  lua_pushinteger(L, function);
  push_owned(L, lb, token);
  lua_pushcclosure(L, lb->functions[function].fast ? lb_fast : lb_general, 2);
}

static void push_value(lua_State *L, lb_tokens *tokens);

static void push_table(lua_State *L, lb_tokens *tokens, const lb_token *token) {
  int64_t count = token->integer, keyed = token->length;
  int32_t metatable = token->kind;
  lua_createtable(L, (int)count, (int)keyed);
  for (int64_t i = 1; i <= count; i++) {
    push_value(L, tokens);
    lua_rawseti(L, -2, i);
  }
  for (int64_t i = 0; i < keyed; i++) {
    push_value(L, tokens);
    push_value(L, tokens);
    lua_rawset(L, -3);
  }
  if (metatable < 0) return;
  lua_rawgeti(L, LUA_REGISTRYINDEX, tokens->lb->metatables);
  lua_rawgeti(L, -1, metatable);
  lua_setmetatable(L, -3);
  lua_pop(L, 1);
}

static void push_value(lua_State *L, lb_tokens *tokens) {
  luaL_checkstack(L, 8, "value nested too deeply");
  if (tokens->next >= tokens->count) {
    lua_pushnil(L);
    return;
  }
  if (tokens->next % LB_TOKENS_BETWEEN_LOOKS == LB_TOKENS_BETWEEN_LOOKS - 1 &&
      lb_should_stop(tokens->lb->control))
    lb_raise_interrupt(L, tokens->lb);
  lb_token *token = &tokens->items[tokens->next++];
  switch (token->tag) {
    case LB_BOOLEAN: lua_pushboolean(L, token->integer != 0); break;
    case LB_INTEGER: lua_pushinteger(L, token->integer); break;
    case LB_NUMBER: lua_pushnumber(L, token->number); break;
    case LB_STRING:
      // An empty text buffer is NULL, and Lua wants an address.
      lua_pushlstring(L, token->length == 0 ? "" : tokens->text + token->offset,
                      (size_t)token->length);
      break;
    case LB_TABLE: push_table(L, tokens, token); break;
    case LB_FUNCTION: lb_references_push(L, tokens->lb, (int32_t)token->integer); break;
    case LB_HANDLE: push_owned(L, tokens->lb, token); break;
    case LB_NATIVE: push_native(L, tokens->lb, token); break;
    default: lua_pushnil(L); break;
  }
}

int lb_tokens_push_values(lua_State *L, lb_tokens *tokens) {
  int count = 0;
  while (tokens->next < tokens->count) {
    push_value(L, tokens);
    count++;
  }
  return count;
}
