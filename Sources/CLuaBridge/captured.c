// What a function captured, as words that are quick to compare.
#include <string.h>

#include "state.h"

// Fowler, Noll and Vo's hash.
static uint64_t hash_text(const char *text, size_t length) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
  return hash ^ length;
}

// The bits of the value on top, if it is a scalar. Strings of Lua are never converted here.
static bool bits(lua_State *L, uint64_t *out) {
  lua_Number number;
  size_t length;
  switch (lua_type(L, -1)) {
    case LUA_TBOOLEAN: *out = (uint64_t)lua_toboolean(L, -1); return true;
    case LUA_TNUMBER:
      if (lua_isinteger(L, -1)) {
        *out = (uint64_t)lua_tointeger(L, -1);
        return true;
      }
      number = lua_tonumber(L, -1);
      memcpy(out, &number, sizeof number);
      return true;
    case LUA_TSTRING: {
      const char *text = lua_tolstring(L, -1, &length);
      *out = hash_text(text, length);
      return true;
    }
    default: return false;
  }
}

int32_t lb_captured_scalars(lb_state *lb, int32_t reference, uint64_t *words, int32_t capacity) {
  lua_State *L = lb->running;
  int32_t count = 0;
  uint64_t value;
  if (!lua_checkstack(L, 3)) return capacity + 1;
  lb_references_push(L, lb, reference);
  for (int i = 1; !lua_iscfunction(L, -1) && lua_getupvalue(L, -1, i) != NULL; i++) {
    if (bits(L, &value)) {
      uint64_t type = (uint64_t)lua_type(L, -1) << 1 | (uint64_t)lua_isinteger(L, -1);
      if (count + 2 <= capacity) {
        words[count] = (uint64_t)i << 8 | type;
        words[count + 1] = value;
      }
      count += 2;
    }
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return count;
}
