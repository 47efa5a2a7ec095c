// Small blocks in size classes with free lists: Lua makes and drops them by the million, and the
// system's allocator keeps too few at hand. Memory goes back to the system when the state closes.
#include <stdlib.h>
#include <string.h>

#include "state.h"

#define LB_GRAIN 16
#define LB_SLAB 65536

struct lb_block {
  lb_block *next;
};

static bool is_small(size_t size) { return size > 0 && size <= LB_GRAIN * LB_CLASSES; }

static lb_block **free_list(lb_pool *pool, size_t size) {
  return &pool->free[(size - 1) / LB_GRAIN];
}

// The first bytes of a slab link it to the one before.
static bool add_slab(lb_pool *pool) {
  lb_block *slab = malloc(LB_SLAB);
  if (slab == NULL) return false;
  slab->next = pool->slabs;
  pool->slabs = slab;
  pool->cursor = (char *)slab + LB_GRAIN;
  pool->end = (char *)slab + LB_SLAB;
  return true;
}

static void *take(lb_pool *pool, size_t size) {
  lb_block **list = free_list(pool, size);
  lb_block *block = *list;
  if (block != NULL) {
    *list = block->next;
    return block;
  }
  size_t rounded = (size + LB_GRAIN - 1) / LB_GRAIN * LB_GRAIN;
  if ((size_t)(pool->end - pool->cursor) < rounded && !add_slab(pool)) return NULL;
  void *memory = pool->cursor;
  pool->cursor += rounded;
  return memory;
}

static void put_back(lb_pool *pool, void *memory, size_t size) {
  lb_block *block = memory;
  lb_block **list = free_list(pool, size);
  block->next = *list;
  *list = block;
}

void lb_pool_free(lb_pool *pool, void *block, size_t size) {
  if (block == NULL) return;
  if (is_small(size)) put_back(pool, block, size);
  else free(block);
}

// Like realloc, with the old size known; 0 and NULL for a new block.
void *lb_pool_move(lb_pool *pool, void *block, size_t old_size, size_t new_size) {
  if (block != NULL && is_small(old_size) && is_small(new_size) &&
      free_list(pool, old_size) == free_list(pool, new_size))
    return block;
  if (!is_small(old_size) && !is_small(new_size)) return realloc(block, new_size);
  void *moved = is_small(new_size) ? take(pool, new_size) : malloc(new_size);
  if (moved == NULL || block == NULL) return moved;
  memcpy(moved, block, old_size < new_size ? old_size : new_size);
  lb_pool_free(pool, block, old_size);
  return moved;
}

void lb_pool_close(lb_pool *pool) {
  while (pool->slabs != NULL) {
    lb_block *slab = pool->slabs;
    pool->slabs = slab->next;
    free(slab);
  }
}
