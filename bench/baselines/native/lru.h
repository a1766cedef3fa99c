// One list of the least recently used for a whole memory: whoever looks for a victim asks of every buffer on it.

#ifndef LRU_H
#define LRU_H

#include "counter.h"

struct buffer {
  struct buffer *next;
  struct counter *pool;
};

// Links `count` buffers, the oldest first.
void lru_link(struct buffer *buffers, size_t count);

// Whether a buffer of `test` may go for `limit`.
typedef bool (*question)(struct counter *limit, struct counter *test);

// How many buffers a scan passes over before the first that may go.
size_t lru_scan(struct buffer *oldest, struct counter *limit, question may_go);

#endif
