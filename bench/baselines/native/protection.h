// Effective protection: what min and low come to once all ancestors have shared out what they have.

#ifndef PROTECTION_H
#define PROTECTION_H

#include "counter.h"

// Whether evicting memory of `test` helps when `limit` is full, after a walk over every counter below `limit`.
bool valuable_by_walk(struct counter *limit, struct counter *test);

// The same, with a walk over the counters between `limit` and `test` only.
bool valuable_by_path(struct counter *limit, struct counter *test);

#endif
