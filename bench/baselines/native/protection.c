#include "protection.h"

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

// The formula of the core's protection.ts, in plain 64 bits: a benchmark's products are small enough.
static uint64_t share(uint64_t usage, uint64_t setting, uint64_t parent_usage, uint64_t above, uint64_t siblings) {
  uint64_t own = least(usage, setting);
  if (siblings > above) return own * above / siblings;
  if (above <= siblings || parent_usage <= siblings || usage <= own) return own;
  uint64_t unclaimed = parent_usage - siblings;
  return own + (above - siblings) * least(usage - own, unclaimed) / unclaimed;
}

static void calculate(struct counter *limit, struct counter *counter) {
  struct counter *parent = counter->parent;
  uint64_t usage = atomic_load_explicit(&counter->usage, memory_order_relaxed);
  if (usage == 0) return;
  if (parent == limit) {
    counter->min_asked.effective = counter->min;
    counter->low_asked.effective = counter->low;
    return;
  }
  uint64_t above = atomic_load_explicit(&parent->usage, memory_order_relaxed);
  uint64_t min = atomic_load_explicit(&parent->min_asked.children, memory_order_relaxed);
  uint64_t low = atomic_load_explicit(&parent->low_asked.children, memory_order_relaxed);
  counter->min_asked.effective = share(usage, counter->min, above, parent->min_asked.effective, min);
  counter->low_asked.effective = share(usage, counter->low, above, parent->low_asked.effective, low);
}

static struct counter *next_below(struct counter *top, struct counter *counter) {
  if (counter->first_child != NULL) return counter->first_child;
  while (counter != top && counter->next_sibling == NULL) counter = counter->parent;
  return counter == top ? NULL : counter->next_sibling;
}

static void calculate_path(struct counter *limit, struct counter *counter) {
  if (counter->parent != limit) calculate_path(limit, counter->parent);
  calculate(limit, counter);
}

static bool is_above_protection(struct counter *test) {
  uint64_t usage = atomic_load_explicit(&test->usage, memory_order_relaxed);
  return usage > test->min_asked.effective && usage > test->low_asked.effective;
}

bool valuable_by_walk(struct counter *limit, struct counter *test) {
  if (limit == test) return true;
  for (struct counter *at = next_below(limit, limit); at != NULL; at = next_below(limit, at)) calculate(limit, at);
  return is_above_protection(test);
}

bool valuable_by_path(struct counter *limit, struct counter *test) {
  if (limit == test) return true;
  calculate_path(limit, test);
  return is_above_protection(test);
}
