// Libraries: an empty table in front of the fields, so that writing and misspelling are errors.
#include <string.h>

#include "state.h"

static int unknown_field(lua_State *L) {
  return lb_raise_unknown(L, lb_of(L), lua_tostring(L, lua_upvalueindex(1)), 2, 0);
}

static int refuse_write(lua_State *L) {
  const char *name = lua_tostring(L, lua_upvalueindex(1));
  const char *key = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : luaL_typename(L, 2);
  lb_where(L);
  lua_pushfstring(L, "%s is read-only; cannot set '%s'", name, key);
  lua_concat(L, 2);
  return lua_error(L);
}

static int library_pairs(lua_State *L) {
  return lb_pairs_over(L, lua_upvalueindex(1), 1);
}

static void set_named(lua_State *L, const char *name, lua_CFunction function, const char *field) {
  lua_pushstring(L, name);
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -2, field);
}

static int strict_index(lua_State *L) {
  return lb_raise_unknown(L, lb_of(L), lua_tostring(L, lua_upvalueindex(1)), 2, 1);
}

void lb_make_strict(lua_State *L, const char *name) {
  set_named(L, name, strict_index, "__index");
  set_named(L, name, refuse_write, "__newindex");
}

// Pushes a new library and its table of fields.
static void push_library(lua_State *L, const char *name) {
  lua_newtable(L);
  lua_createtable(L, 0, 6);
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  set_named(L, name, unknown_field, "__index");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_setfield(L, -3, "__index");
  lua_pushvalue(L, -1);
  lua_pushcclosure(L, library_pairs, 1);
  lua_setfield(L, -3, "__pairs");
  lua_insert(L, -2);
  set_named(L, name, refuse_write, "__newindex");
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -3);
}

void lb_make_library(lua_State *L, const char *name) {
  int fields = lua_gettop(L);
  push_library(L, name);
  lb_copy_fields(L, fields);
  lua_pop(L, 1);
  lua_replace(L, fields);
}

// Replaces the library on top by its table of fields.
static void replace_by_fields(lua_State *L) {
  lua_getmetatable(L, -1);
  lua_pushliteral(L, "__index");
  lua_rawget(L, -2);
  lua_replace(L, -3);
  lua_pop(L, 1);
}

// Puts the library on top into the one its dotted name says, or into package.loaded.
static void attach(lua_State *L, const char *name) {
  const char *dot = strrchr(name, '.');
  int libraries = lua_gettop(L) - 2;
  if (dot == NULL) {
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  } else {
    lua_pushlstring(L, name, (size_t)(dot - name));
    if (lua_rawget(L, libraries) == LUA_TNIL) luaL_error(L, "no library around '%s'", name);
    replace_by_fields(L);
  }
  lua_pushstring(L, dot == NULL ? name : dot + 1);
  lua_pushvalue(L, libraries + 1);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

// dotted name, fields: makes the library or adds to it
int lb_operation_library(lua_State *L) {
  lb_state *lb = lb_of(L);
  const char *name = luaL_checkstring(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, lb->libraries);
  lua_pushvalue(L, 1);
  if (lua_rawget(L, 3) != LUA_TNIL) {
    replace_by_fields(L);
    lb_copy_fields(L, 2);
    return 0;
  }
  lua_pop(L, 1);
  push_library(L, name);
  lb_copy_fields(L, 2);
  attach(L, name);
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 4);
  lua_rawset(L, 3);
  return 0;
}

// The candidate's require: registered libraries and nothing else.
int lb_require(lua_State *L) {
  luaL_checkstring(L, 1);
  lua_settop(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, lb_of(L)->libraries);
  lua_pushvalue(L, 1);
  if (lua_rawget(L, -2) != LUA_TNIL) return 1;
  return luaL_error(L, "module '%s' cannot be required here", lua_tostring(L, 1));
}

// function: asked second, after package.preload
int lb_operation_searcher(lua_State *L) {
  lua_getglobal(L, LUA_LOADLIBNAME);
  if (!lua_istable(L, -1)) return luaL_error(L, "this profile has no package library");
  lua_getfield(L, -1, "searchers");
  for (lua_Integer i = (lua_Integer)lua_rawlen(L, -1); i >= 2; i--) {
    lua_rawgeti(L, -1, i);
    lua_rawseti(L, -2, i + 1);
  }
  lua_pushvalue(L, 1);
  lua_rawseti(L, -2, 2);
  return 0;
}
