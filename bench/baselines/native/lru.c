#include "lru.h"

void lru_link(struct buffer *buffers, size_t count) {
  for (size_t i = 0; i + 1 < count; i++) buffers[i].next = &buffers[i + 1];
}

size_t lru_scan(struct buffer *oldest, struct counter *limit, question may_go) {
  size_t passed = 0;
  for (struct buffer *at = oldest; at != NULL && !may_go(limit, at->pool); at = at->next) passed++;
  return passed;
}
