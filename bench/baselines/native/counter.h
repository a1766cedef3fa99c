// A hierarchical counter that does with every charge what Linux does: usage on every level, and the protected part of
// it pushed up to the parent, so that a parent always knows what its children ask for.
//
// Written from a description of the algorithm; no line comes from the kernel.

#ifndef COUNTER_H
#define COUNTER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE 64

// One for min and one for low: what a counter asks its parent to protect, and what its children ask for together.
struct asked {
  _Atomic uint64_t own;
  _Atomic uint64_t children;
  uint64_t effective; // what the last walk found
};

// Usage alone on its line, what pushing writes on the next, what a charge only reads on the one behind.
struct counter {
  _Alignas(LINE) _Atomic uint64_t usage;
  _Alignas(LINE) struct asked min_asked;
  struct asked low_asked;
  _Alignas(LINE) uint64_t min;
  uint64_t low;
  uint64_t max;
  uint64_t watermark;
  uint64_t local_watermark;
  _Atomic uint64_t failures;
  struct counter *parent;
  struct counter *first_child;
  struct counter *last_child;
  struct counter *next_sibling;
};

void counter_init(struct counter *counter, struct counter *parent);
void counter_protect(struct counter *counter, uint64_t min, uint64_t low);
bool counter_try_charge(struct counter *counter, uint64_t bytes);
void counter_uncharge(struct counter *counter, uint64_t bytes);

// The least that can be done: one locked add a level.
void counter_floor_add(struct counter *counter, uint64_t bytes);

#endif
