// The questions that an eviction walk asks of the counters. (Linux kernel/cgroup/dmem.c; the RFC's second patch.)

import {
  BAD_ID,
  CGROUP_DEPTH,
  CGROUP_ONLINE,
  CGROUP_STATE,
  DETACHED,
  HIT_LOW,
  NOT_ANCESTOR,
  OFFLINE,
  POOL_CGROUP,
  POOL_PARENT,
  POOL_SHIFT,
  POOL_STAMP,
  POOL_USAGE,
  RULE_QUERIES_REMEMBER,
  RULE_ROOT_LIMIT_IGNORES_PROTECTION,
  VALUABLE,
} from "./abi";
import { rule } from "./page-counter";
import { livePool } from "./pool";
import { effective, isBelow, LOW, MIN, top } from "./protection";
import { Address, get32, load32, load64 } from "./sync";

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

/**
 * The pool where the groups of `a` and `b` meet, in the region of `a`; removed groups are passed over.
 *
 * @returns its id, 0 if the region of `a` was unregistered, or a status
 */
export function commonAncestor(a: u32, b: u32): i32 {
  let left = livePool(a);
  let right = livePool(b);
  if (left == 0 || right == 0) return BAD_ID;
  if ((get32(left + POOL_STAMP) & DETACHED) != 0) return 0;
  while (left != 0 && right != 0) {
    const difference = <i32>depthOf(left) - <i32>depthOf(right);
    if (
      difference == 0 &&
      load32(left + POOL_CGROUP) == load32(right + POOL_CGROUP) &&
      isOnline(left) &&
      isOnline(right)
    ) {
      return <i32>(left >>> POOL_SHIFT);
    }
    if (difference >= 0) left = load32(left + POOL_PARENT);
    if (difference <= 0) right = load32(right + POOL_PARENT);
  }
  return 0;
}

function depthOf(pool: Address): u32 {
  return load32(load32(pool + POOL_CGROUP) + CGROUP_DEPTH);
}

function isOnline(pool: Address): bool {
  if ((get32(pool + POOL_STAMP) & OFFLINE) != 0) return false;
  return load32(load32(pool + POOL_CGROUP) + CGROUP_STATE) == CGROUP_ONLINE;
}
