// Lua values the host holds on to, in slots of one Lua table; free slots hold false.
#include "state.h"

void lb_references_open(lua_State *L, lb_state *lb) {
  lua_newtable(L);
  lb->references.table = luaL_ref(L, LUA_REGISTRYINDEX);
}

static bool grow_slots(lb_state *lb, int32_t needed) {
  lb_references *refs = &lb->references;
  if (needed <= refs->capacity) return true;
  int32_t wanted = refs->capacity * 2 > needed ? refs->capacity * 2 : needed + 16;
  size_t old_size = (size_t)refs->capacity * sizeof(int32_t);
  size_t new_size = (size_t)wanted * sizeof(int32_t);
  int32_t *counts = lb_allocate(lb, refs->counts, old_size, new_size);
  if (counts == NULL) return false;
  refs->counts = counts;
  int32_t *slots = lb_allocate(lb, refs->free, old_size, new_size);
  if (slots == NULL) {
    // Both arrays share one capacity: give the first its old size back.
    refs->counts = lb_allocate(lb, counts, new_size, old_size);
    return false;
  }
  refs->free = slots;
  refs->capacity = wanted;
  return true;
}

// Makes `count` free slots, so that taking them cannot fail. May raise; consistent if it does.
void lb_references_reserve(lua_State *L, lb_state *lb, int64_t count) {
  lb_references *refs = &lb->references;
  if (refs->free_count >= count) return;
  lua_rawgeti(L, LUA_REGISTRYINDEX, refs->table);
  while (refs->free_count < count) {
    if (!grow_slots(lb, refs->slots + 1)) lb_raise_memory(L);
    lua_pushboolean(L, false);
    lua_rawseti(L, -2, refs->slots + 1);
    refs->counts[refs->slots] = 0;
    refs->free[refs->free_count++] = refs->slots++;
  }
  lua_pop(L, 1);
}

// Pops the value on top into a reserved slot.
int32_t lb_references_take(lua_State *L, lb_state *lb) {
  lb_references *refs = &lb->references;
  int32_t slot = refs->free[--refs->free_count];
  refs->counts[slot] = 1;
  lua_rawgeti(L, LUA_REGISTRYINDEX, refs->table);
  lua_insert(L, -2);
  lua_rawseti(L, -2, slot + 1);
  lua_pop(L, 1);
  return slot;
}

void lb_references_push(lua_State *L, lb_state *lb, int32_t reference) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, lb->references.table);
  lua_rawgeti(L, -1, reference + 1);
  lua_remove(L, -2);
}

// Allocates nothing: the slots exist, and setting one that exists cannot fail.
void lb_release_references(lb_state *lb, const int32_t *references, int64_t count) {
  lb_references *refs = &lb->references;
  lua_State *L = lb->running;
  if (!lua_checkstack(L, 3)) return;
  lua_rawgeti(L, LUA_REGISTRYINDEX, refs->table);
  for (int64_t i = 0; i < count; i++) {
    int32_t slot = references[i];
    if (--refs->counts[slot] > 0) continue;
    lua_pushboolean(L, false);
    lua_rawseti(L, -2, slot + 1);
    refs->free[refs->free_count++] = slot;
  }
  lua_pop(L, 1);
}
