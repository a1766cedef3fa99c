// The counters of a benchmark, which JavaScript knows by their numbers.

#ifndef FOREST_H
#define FOREST_H

#include "counter.h"

// Adds `count` counters; each names its parent by its place among them, -1: none. Returns the first one's number, or
// UINT32_MAX without memory.
uint32_t forest_plant(const int32_t *parents, size_t count);

// The counter of a number, NULL if there is none.
struct counter *forest_at(uint32_t number);

#endif
