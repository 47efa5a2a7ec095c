// What lb_perform can do. Each runs protected, finds its arguments from stack slot 1 on, and
// returns how many results it left on top.
#include <string.h>

#include "state.h"

static int call(lua_State *L) {
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static int load(lua_State *L) {
  size_t length;
  const char *source = luaL_checklstring(L, 1, &length);
  lb_charge_instructions(L, (int64_t)length * LB_COMPILE_COST);
  int status = luaL_loadbufferx(L, source, length, luaL_checkstring(L, 2), "t");
  if (status == LUA_OK) return 1;
  lb_of(L)->syntax = status == LUA_ERRSYNTAX;
  return lua_error(L);
}

static int give_back(lua_State *L) { return lua_gettop(L); }

static int upvalues(lua_State *L) {
  const char *name;
  luaL_checktype(L, 1, LUA_TFUNCTION);
  for (int i = 1; (name = lua_getupvalue(L, 1, i)) != NULL; i++) {
    luaL_checkstack(L, 4, NULL);
    // The globals are no capture.
    if (strcmp(name, "_ENV") == 0) {
      lua_pop(L, 1);
      continue;
    }
    lua_pushstring(L, name);
    lua_insert(L, -2);
  }
  return lua_gettop(L) - 1;
}

static int describe(lua_State *L) {
  lua_Debug info;
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_pushvalue(L, 1);
  lua_getinfo(L, ">Su", &info);
  lua_pushstring(L, info.source);
  lua_pushinteger(L, info.linedefined);
  lua_pushinteger(L, info.lastlinedefined);
  lua_pushinteger(L, info.nparams);
  lua_pushboolean(L, info.isvararg);
  return 5;
}

// Raw: the host asks what is there, and no script answers.
static int get_global(lua_State *L) {
  lb_state *lb = lb_of(L);
  luaL_checkstring(L, 1);
  lua_pushglobaltable(L);
  lua_pushvalue(L, 1);
  if (lua_rawget(L, -2) != LUA_TNIL || !lb->candidate) return 1;
  lua_rawgeti(L, LUA_REGISTRYINDEX, lb->allowed);
  lua_pushvalue(L, 1);
  lua_rawget(L, -2);
  return 1;
}

static int set_global(lua_State *L) {
  lua_settop(L, 2);
  lua_setglobal(L, luaL_checkstring(L, 1));
  return 0;
}

static int collect(lua_State *L) {
  lua_gc(L, LUA_GCCOLLECT);
  return 0;
}

static int display(lua_State *L) {
  luaL_checkany(L, 1);
  luaL_tolstring(L, 1, NULL);
  return 1;
}

lua_CFunction lb_operation_function(lb_operation operation) {
  static const lua_CFunction functions[] = {
      [LB_DO_CALL] = call,
      [LB_DO_LOAD] = load,
      [LB_DO_RETURN] = give_back,
      [LB_DO_UPVALUES] = upvalues,
      [LB_DO_DESCRIBE] = describe,
      [LB_DO_GET_GLOBAL] = get_global,
      [LB_DO_SET_GLOBAL] = set_global,
      [LB_DO_LIBRARY] = lb_operation_library,
      [LB_DO_KIND] = lb_operation_kind,
      [LB_DO_METATABLE] = lb_operation_metatable,
      [LB_DO_SEARCHER] = lb_operation_searcher,
      [LB_DO_SEED] = lb_operation_seed,
      [LB_DO_COLLECT] = collect,
      [LB_DO_DISPLAY] = display,
  };
  return functions[operation];
}
