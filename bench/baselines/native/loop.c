#include "loop.h"

static size_t charge_once(struct counter *leaf, uint64_t bytes) {
  if (!counter_try_charge(leaf, bytes)) return 0;
  counter_uncharge(leaf, bytes);
  return 1;
}

size_t loop_charge(struct counter *leaf, uint64_t bytes, size_t times) {
  size_t succeeded = 0;
  for (size_t i = 0; i < times; i++) succeeded += charge_once(leaf, bytes);
  return succeeded;
}

size_t loop_charge_each(struct counter *const *leaves, size_t count, uint64_t bytes) {
  size_t succeeded = 0;
  for (size_t i = 0; i < count; i++) succeeded += charge_once(leaves[i], bytes);
  return succeeded;
}

size_t loop_floor(struct counter *leaf, uint64_t bytes, size_t times) {
  for (size_t i = 0; i < times; i++) {
    counter_floor_add(leaf, bytes);
    counter_floor_add(leaf, 0 - bytes);
  }
  return times;
}
