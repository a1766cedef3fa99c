#include "forest.h"

#include <stdlib.h>
#include <string.h>

static struct counter **counters;
static uint32_t planted;

uint32_t forest_plant(const int32_t *parents, size_t count) {
  struct counter *block = aligned_alloc(LINE, count * sizeof(struct counter));
  struct counter **all = realloc(counters, (planted + count) * sizeof(struct counter *));
  if (all != NULL) counters = all;
  if (block == NULL || all == NULL) return UINT32_MAX;
  memset(block, 0, count * sizeof(struct counter));
  uint32_t first = planted;
  for (size_t i = 0; i < count; i++) {
    counter_init(&block[i], parents[i] < 0 ? NULL : &block[parents[i]]);
    counters[planted++] = &block[i];
  }
  return first;
}

struct counter *forest_at(uint32_t number) { return number < planted ? counters[number] : NULL; }
