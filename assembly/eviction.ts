// The questions that an eviction walk asks of the counters. (Linux kernel/cgroup/dmem.c; the RFC's second patch.)

import {
  BAD_ID,
  HIT_LOW,
  NOT_ANCESTOR,
  POOL_PARENT,
  POOL_USAGE,
  RULE_QUERIES_REMEMBER,
  RULE_ROOT_LIMIT_IGNORES_PROTECTION,
  VALUABLE,
} from "./abi";
import { rule } from "./page-counter";
import { livePool } from "./pool";
import { effective, isBelow, LOW, MIN, top } from "./protection";
import { load32, load64 } from "./sync";

/**
 * Would evicting memory of `test` help when `limit` is full? `limit` 0: when the device is.
 *
 * @returns bits VALUABLE and HIT_LOW
 */
export function evictValuable(limit: u32, test: u32, ignoreLow: bool): i32 {
  const pool = livePool(test);
  if (pool == 0) return BAD_ID;
  let root = livePool(limit);
  if (root == pool) return VALUABLE;
  if (limit != 0) {
    if (root == 0) return BAD_ID;
    if (load32(root + POOL_PARENT) == 0 && rule(RULE_ROOT_LIMIT_IGNORES_PROTECTION)) return VALUABLE;
    if (!isBelow(pool, root)) return 0;
  } else {
    root = top(pool);
  }
  const usage = load64(pool + POOL_USAGE);
  const low = effective(root, pool, LOW);
  if (usage <= effective(root, pool, MIN)) return 0;
  if (ignoreLow || usage > low) return VALUABLE;
  return HIT_LOW;
}

/** Whether all that `test` uses is protected by min (`low` false) or low, as seen from `root`; 0: from the top. */
export function isProtected(root: u32, test: u32, low: bool): i32 {
  const pool = livePool(test);
  if (pool == 0) return BAD_ID;
  if (load32(pool + POOL_PARENT) == 0) return 0;
  let above = livePool(root);
  if (root != 0 && above == 0) return BAD_ID;
  if (above == pool) return 0;
  if (above == 0) above = top(pool);
  else if (!isBelow(pool, above) && !rule(RULE_QUERIES_REMEMBER)) return NOT_ANCESTOR;
  if (rule(RULE_QUERIES_REMEMBER)) effective(above, pool, low ? MIN : LOW); // what is remembered is always both
  return load64(pool + POOL_USAGE) <= effective(above, pool, low ? LOW : MIN) ? 1 : 0;
}

/** Effective min or low of `test` in bytes, as seen from `root`; 0: from the top. Negative: a status. */
export function effectiveProtection(root: u32, test: u32, low: bool): f64 {
  const pool = livePool(test);
  if (pool == 0) return BAD_ID;
  let above = livePool(root);
  if (root != 0 && above == 0) return BAD_ID;
  if (above == 0) above = top(pool);
  if (above != pool && !isBelow(pool, above)) return NOT_ANCESTOR;
  return <f64>effective(above, pool, low ? LOW : MIN);
}
