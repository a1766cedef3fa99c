#include "lru.h"

#include "protection.h"

void lru_link(struct buffer *buffers, size_t count) {
  for (size_t i = 0; i + 1 < count; i++) buffers[i].next = &buffers[i + 1];
}

size_t lru_scan(struct buffer *oldest, struct counter *limit) {
  size_t passed = 0;
  for (struct buffer *at = oldest; at != NULL && !valuable_by_path(limit, at->pool); at = at->next) passed++;
  return passed;
}
