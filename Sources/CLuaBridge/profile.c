// What a script may use: everything, made reproducible; or a candidate's short list.
#include "state.h"

static const char *const candidate_globals[] = {
    "ipairs", "select", "type", "tonumber", "error", "assert", NULL};

static const char original_seed[] = "lb.randomseed";

// Seeds from the clock would make a run unrepeatable, so a seed must be given.
static int random_seed(lua_State *L) {
  if (lua_isnoneornil(L, 1)) return luaL_argerror(L, 1, "give a seed: runs must be repeatable");
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 0);
  return 0;
}

int lb_operation_seed(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, original_seed);
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  lua_call(L, 2, 0);
  return 0;
}

static void open_random(lua_State *L, int64_t seed) {
  lua_getglobal(L, LUA_MATHLIBNAME);
  lua_getfield(L, -1, "randomseed");
  lua_pushvalue(L, -1);
  lua_setfield(L, LUA_REGISTRYINDEX, original_seed);
  lua_pushvalue(L, -1);
  lua_pushinteger(L, seed);
  lua_pushinteger(L, 0);
  lua_call(L, 2, 0);
  lua_pushcclosure(L, random_seed, 1);
  lua_setfield(L, -2, "randomseed");
  lua_pop(L, 1);
}

// tostring that never shows an address.
static int plain_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  int type = lua_type(L, 1);
  bool described = luaL_getmetafield(L, 1, "__tostring") != LUA_TNIL;
  bool addressed = type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA;
  if (!described && addressed) lua_pushstring(L, lua_typename(L, type));
  else luaL_tolstring(L, 1, NULL);
  return 1;
}

static void set_function(lua_State *L, const char *name, lua_CFunction function) {
  lua_pushcfunction(L, function);
  lua_setglobal(L, name);
}

static void open_shared(lua_State *L, int64_t seed) {
  set_function(L, "pairs", lb_pairs);
  set_function(L, "next", lb_next);
  open_random(L, seed);
}

static void open_script(lua_State *L, int64_t seed) {
  luaL_openlibs(L);
  lb_open_coroutine(L);
  set_function(L, "xpcall", lb_xpcall);
  open_shared(L, seed);
}

static void open_candidate(lua_State *L, int64_t seed) {
  luaL_requiref(L, LUA_GNAME, luaopen_base, 0);
  lua_newtable(L);
  for (const char *const *name = candidate_globals; *name != NULL; name++) {
    lua_getfield(L, -2, *name);
    lua_setfield(L, -2, *name);
  }
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  lua_pushnil(L);
  lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
  set_function(L, "tostring", plain_tostring);
  set_function(L, "require", lb_require);
  open_shared(L, seed);
}

void lb_open_profile(lua_State *L, lb_state *lb, int64_t seed) {
  if (lb->candidate) open_candidate(L, seed);
  else open_script(L, seed);
  lua_settop(L, 0);
}
