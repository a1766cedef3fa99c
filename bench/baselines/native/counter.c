#include "counter.h"

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

void counter_init(struct counter *counter, struct counter *parent) {
  counter->parent = parent;
  counter->max = UINT64_MAX;
  if (parent == NULL) return;
  if (parent->last_child == NULL) parent->first_child = counter;
  else parent->last_child->next_sibling = counter;
  parent->last_child = counter;
}

// Tells the parent what has changed. Most charges change nothing: the setting is 0, or usage is far above it.
static void push(struct asked *asked, struct asked *above, uint64_t usage, uint64_t setting) {
  uint64_t wanted = least(usage, setting);
  if (wanted == atomic_load_explicit(&asked->own, memory_order_relaxed)) return;
  uint64_t before = atomic_exchange(&asked->own, wanted);
  atomic_fetch_add(&above->children, wanted - before);
}

static void push_protection(struct counter *counter, uint64_t usage) {
  struct counter *parent = counter->parent;
  if (parent == NULL) return;
  push(&counter->min_asked, &parent->min_asked, usage, counter->min);
  push(&counter->low_asked, &parent->low_asked, usage, counter->low);
}

void counter_protect(struct counter *counter, uint64_t min, uint64_t low) {
  counter->min = min;
  counter->low = low;
  push_protection(counter, atomic_load(&counter->usage));
}

static void take_off(struct counter *counter, uint64_t bytes) {
  push_protection(counter, atomic_fetch_sub(&counter->usage, bytes) - bytes);
}

static bool refuse(struct counter *leaf, struct counter *full, uint64_t bytes) {
  atomic_fetch_sub(&full->usage, bytes);
  atomic_fetch_add_explicit(&full->failures, 1, memory_order_relaxed);
  for (struct counter *counter = leaf; counter != full; counter = counter->parent) take_off(counter, bytes);
  return false;
}

bool counter_try_charge(struct counter *leaf, uint64_t bytes) {
  for (struct counter *counter = leaf; counter != NULL; counter = counter->parent) {
    uint64_t usage = atomic_fetch_add(&counter->usage, bytes) + bytes;
    if (usage > counter->max) return refuse(leaf, counter, bytes);
    push_protection(counter, usage);
    if (usage > counter->local_watermark) {
      counter->local_watermark = usage;
      if (usage > counter->watermark) counter->watermark = usage;
    }
  }
  return true;
}

void counter_uncharge(struct counter *leaf, uint64_t bytes) {
  for (struct counter *counter = leaf; counter != NULL; counter = counter->parent) take_off(counter, bytes);
}

void counter_floor_add(struct counter *leaf, uint64_t bytes) {
  for (struct counter *counter = leaf; counter != NULL; counter = counter->parent) {
    atomic_fetch_add(&counter->usage, bytes);
  }
}
