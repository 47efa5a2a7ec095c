// What a script may use: everything, made reproducible; or a candidate's short list.
#include "../state.h"

static const char *const candidate_globals[] = {
    "ipairs", "select", "type", "tonumber", "error", "assert", NULL};

static const char candidate_name[] = "candidate code";

static const char original_seed[] = "lb.randomseed";

// Seeds from the clock would make a run unrepeatable, so a seed must be given.
static int random_seed(lua_State *L) {
  if (lua_isnoneornil(L, 1)) return luaL_argerror(L, 1, "give a seed: runs must be repeatable");
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
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

// load as Lua has it, but text is charged as compiling it costs.
static int charged_load(lua_State *L) {
  if (lua_type(L, 1) == LUA_TSTRING)
    lb_charge_instructions(L, (int64_t)lua_rawlen(L, 1) * LB_COMPILE_COST);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
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
  set_function(L, "setmetatable", lb_setmetatable);
  lua_getglobal(L, "load");
  lua_pushcclosure(L, charged_load, 1);
  lua_setglobal(L, "load");
  open_shared(L, seed);
}

// Fills the empty globals with what a candidate may use.
static void fill_candidate(lua_State *L, int base, int64_t seed) {
  lua_pushglobaltable(L);
  for (const char *const *name = candidate_globals; *name != NULL; name++) {
    lua_getfield(L, base, *name);
    lua_setfield(L, -2, *name);
  }
  luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
  set_function(L, "tostring", plain_tostring);
  set_function(L, "require", lb_require);
  open_shared(L, seed);
  lua_getglobal(L, LUA_MATHLIBNAME);
  lb_make_library(L, LUA_MATHLIBNAME);
  lua_setglobal(L, LUA_MATHLIBNAME);
}

// The list stands behind an empty table: a candidate's own globals go there, the list stays as it
// is, and asking for anything else is an error that says what there is.
static void open_candidate(lua_State *L, lb_state *lb, int64_t seed) {
  luaL_requiref(L, LUA_GNAME, luaopen_base, 0);
  int base = lua_gettop(L);
  lua_newtable(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  lua_pushnil(L);
  lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  fill_candidate(L, base, seed);
  lua_newtable(L);
  lua_createtable(L, 0, 2);
  lua_pushglobaltable(L);
  lua_createtable(L, 0, 2);
  lb_make_strict(L, candidate_name);
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lb->allowed = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, -2);
  lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
  lua_pushnil(L);
  lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
}

void lb_open_profile(lua_State *L, lb_state *lb, int64_t seed) {
  if (lb->candidate) open_candidate(L, lb, seed);
  else open_script(L, seed);
  lua_settop(L, 0);
}
