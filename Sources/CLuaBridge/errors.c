// Raising what the host reports, and recording what Lua raised: message, position, Lua frames.
#include <stdio.h>
#include <string.h>

#include "state.h"

// Pushes "file:line: " of the innermost Lua function that called, or "".
void lb_where(lua_State *L) {
  lua_Debug frame;
  for (int level = 1; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    if (frame.currentline <= 0) continue;
    lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);
    return;
  }
  lua_pushliteral(L, "");
}

void lb_push_text(lua_State *L, const lb_state *lb) {
  lua_pushlstring(L, lb->text == NULL ? "" : lb->text, (size_t)lb->text_length);
}

int lb_raise_text(lua_State *L, lb_state *lb, bool positioned) {
  // Native work that was stopped failed for that reason, whatever it says.
  if (positioned && atomic_load(&lb->control->requested) != 0) return lb_raise_interrupt(L, lb);
  luaL_checkstack(L, 4, NULL);
  if (positioned) lb_where(L);
  else lua_pushliteral(L, "");
  lb_push_text(L, lb);
  lua_concat(L, 2);
  return lua_error(L);
}

// Pushes a block of the table's string keys, one a line; the host sorts them.
static const char *push_names(lua_State *L, int table, int64_t *length) {
  size_t total = 0, one;
  for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1))
    if (lua_type(L, -2) == LUA_TSTRING) total += lua_rawlen(L, -2) + 1;
  char *names = lua_newuserdatauv(L, total + LB_NAME_SIZE, 0), *end = names;
  for (lua_pushnil(L); lua_next(L, table) != 0; lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) continue;
    const char *name = lua_tolstring(L, -2, &one);
    memcpy(end, name, one);
    end[one] = '\n';
    end += one + 1;
  }
  *length = end - names;
  return names;
}

// Field `key` (a stack index) of `owner` does not exist; the host finds the nearest name.
int lb_raise_unknown(lua_State *L, lb_state *lb, const char *owner, int key, int table) {
  int64_t names_length = 0;
  const char *names = table == 0 ? NULL : push_names(L, table, &names_length);
  char number[LB_NAME_SIZE];
  const char *text = lua_typename(L, lua_type(L, key));
  size_t length = strlen(text);
  if (lua_type(L, key) == LUA_TSTRING) text = lua_tolstring(L, key, &length);
  if (lua_type(L, key) == LUA_TNUMBER) {
    length = (size_t)snprintf(number, sizeof number, "%.14g", lua_tonumber(L, key));
    text = number;
  }
  lb->host_mode = true;
  lb->host.unknown(lb->host.context, owner, text, (int64_t)length, names,
                   names_length);
  lb->host_mode = false;
  return lb_raise_text(L, lb, true);
}

// Bookkeeping of the host: never refused, and never blamed on the script.
static bool copy_bytes(lb_state *lb, char **text, int64_t *capacity, const char *bytes,
                       int64_t length) {
  bool mode = lb->host_mode, over = lb->over_limit;
  lb->host_mode = true;
  bool grown = lb_grow(lb, (void **)text, capacity, length + 1, 1);
  lb->host_mode = mode;
  lb->over_limit = over;
  if (!grown) return false;
  if (length > 0) memcpy(*text, bytes, (size_t)length);
  (*text)[length] = 0;
  return true;
}

void lb_set_text(lb_state *lb, const char *bytes, int64_t length) {
  bool copied = copy_bytes(lb, &lb->text, &lb->text_capacity, bytes, length);
  lb->text_length = copied ? length : 0;
}

void lb_set_message(lb_state *lb, const char *bytes, size_t length) {
  bool copied =
      copy_bytes(lb, &lb->message, &lb->message_capacity, bytes, (int64_t)length);
  lb->message_length = copied ? (int64_t)length : 0;
}

void lb_set_numbers(lb_state *lb, const double *numbers, int64_t count) {
  lb->number_count = 0;
  if (!lb_grow(lb, (void **)&lb->numbers, &lb->number_capacity, count, sizeof(double))) return;
  if (count > 0) memcpy(lb->numbers, numbers, (size_t)count * sizeof(double));
  lb->number_count = count;
}

static void record_frame(lb_state *lb, const lua_Debug *frame) {
  lb_frame *out = &lb->frames[lb->frame_count++];
  snprintf(out->source, LB_NAME_SIZE, "%s", frame->short_src);
  snprintf(out->name, LB_NAME_SIZE, "%s", frame->name == NULL ? "" : frame->name);
  out->line = frame->currentline;
  out->is_main = strcmp(frame->what, "main") == 0;
}

// How many levels the stack has. Finding one costs its depth, so they are not all visited.
static int count_levels(lua_State *L) {
  lua_Debug frame;
  int low = 1, high = 1;
  while (lua_getstack(L, high, &frame)) {
    low = high;
    high *= 2;
  }
  while (low < high) {
    int middle = low + (high - low) / 2;
    if (lua_getstack(L, middle, &frame)) low = middle + 1;
    else high = middle;
  }
  return high;
}

static void record_frames(lua_State *L, lb_state *lb) {
  lua_Debug frame;
  lb->frame_count = lb->frames_left_out = 0;
  for (int level = 1; lua_getstack(L, level, &frame); level++) {
    if (lb->frame_count == LB_MAX_FRAMES) {
      lb->frames_left_out = count_levels(L) - level;
      return;
    }
    lua_getinfo(L, "Sln", &frame);
    if (frame.currentline > 0) record_frame(lb, &frame);
  }
}

// Runs protected: a script's __tostring may do anything.
static int describe(lua_State *L) {
  if (luaL_getmetafield(L, 1, "__tostring") == LUA_TNIL) return 0;
  luaL_tolstring(L, 1, NULL);
  return 1;
}

static void record_other(lua_State *L, lb_state *lb) {
  char text[LB_NAME_SIZE];
  if (lua_type(L, 1) == LUA_TNUMBER) {
    int length = lua_isinteger(L, 1)
                     ? snprintf(text, sizeof text, "%lld", (long long)lua_tointeger(L, 1))
                     : snprintf(text, sizeof text, "%.14g", lua_tonumber(L, 1));
    lb_set_message(lb, text, (size_t)length);
    return;
  }
  lua_pushcfunction(L, describe);
  lua_pushvalue(L, 1);
  size_t length = 0;
  const char *bytes = NULL;
  if (lua_pcall(L, 1, 1, 0) == LUA_OK && lua_type(L, -1) == LUA_TSTRING)
    bytes = lua_tolstring(L, -1, &length);
  if (bytes == NULL) {
    const char *type = luaL_typename(L, 1);
    length = (size_t)snprintf(text, sizeof text, "(error object is a %s value)", type);
    bytes = text;
  }
  lb_set_message(lb, bytes, length);
  lua_settop(L, 1);
}

// Allocates nothing in Lua unless the error object is one with __tostring.
int lb_message_handler(lua_State *L) {
  lb_state *lb = lb_of(L);
  size_t length;
  record_frames(L, lb);
  if (lua_type(L, 1) == LUA_TSTRING) {
    const char *bytes = lua_tolstring(L, 1, &length);
    lb_set_message(lb, bytes, length);
  } else {
    record_other(L, lb);
  }
  return 1;
}
