// Where the running native function was called from, cheap enough to ask for every tensor.
#include <string.h>

#include "state.h"

static int32_t source_number(lb_state *lb, const char *name) {
  for (int32_t i = lb->source_count - 1; i >= 0; i--)
    if (strcmp(lb->sources[i], name) == 0) return i;
  int64_t capacity = lb->source_capacity;
  int64_t needed = lb->source_count + 1;
  if (!lb_grow(lb, (void **)&lb->sources, &capacity, needed, LB_NAME_SIZE)) return -1;
  lb->source_capacity = (int32_t)capacity;
  strncpy(lb->sources[lb->source_count], name, LB_NAME_SIZE - 1);
  lb->sources[lb->source_count][LB_NAME_SIZE - 1] = 0;
  return lb->source_count++;
}

bool lb_current_line(lb_state *lb, int32_t *source, int32_t *line) {
  lua_Debug frame;
  for (int level = 0; lua_getstack(lb->running, level, &frame); level++) {
    lua_getinfo(lb->running, "Sl", &frame);
    if (frame.currentline <= 0) continue;
    *line = frame.currentline;
    *source = source_number(lb, frame.short_src);
    return *source >= 0;
  }
  return false;
}

const char *lb_source_name(const lb_state *lb, int32_t source) {
  return source >= 0 && source < lb->source_count ? lb->sources[source] : "?";
}

bool lb_called_as_method(lb_state *lb) {
  lua_Debug frame;
  if (!lua_getstack(lb->running, 0, &frame)) return false;
  lua_getinfo(lb->running, "n", &frame);
  return frame.namewhat != NULL && strcmp(frame.namewhat, "method") == 0;
}
