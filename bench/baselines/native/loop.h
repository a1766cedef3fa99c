// Operations in a row, so that calling from JavaScript does not count.

#ifndef LOOP_H
#define LOOP_H

#include "counter.h"

// Each charges and returns `bytes` so often, and says how often the charge succeeded.
size_t loop_charge(struct counter *leaf, uint64_t bytes, size_t times);
size_t loop_charge_each(struct counter *const *leaves, size_t count, uint64_t bytes);
size_t loop_floor(struct counter *leaf, uint64_t bytes, size_t times);

#endif
