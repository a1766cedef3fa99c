// Limits: what a counter may use, and what of its usage is protected. 64-bit values, as the interface files know them.

import {
  BELOW_USAGE,
  BUSY,
  OK,
  POOL_FLAGS,
  POOL_FROZEN_MIN,
  POOL_HIGH,
  POOL_LOW,
  POOL_MAX,
  POOL_MIN,
  POOL_PARENT,
  POOL_USAGE,
  PROTECTION,
} from "./abi";
import { lock, unlock } from "./lock";
import { list, livePool, poolCondition } from "./pool";
import { LOW, MIN } from "./protection";
import { Address, get64, load16, load32, load64, put64, store64 } from "./sync";

/**
 * Sets max, whether or not usage is above. Charges that begin later obey it; what is above is for the caller to
 * reclaim.
 *
 * Every setter holds the lock: a late store must not land in a slot that was freed and used again meanwhile.
 */
export function setMax(agent: u32, id: u32, stamp: u32, value: u64): i32 {
  return set(agent, id, stamp, POOL_MAX, value);
}

export function setHigh(agent: u32, id: u32, stamp: u32, value: u64): i32 {
  return set(agent, id, stamp, POOL_HIGH, value);
}

function set(agent: u32, id: u32, stamp: u32, word: i32, value: u64): i32 {
  if (!lock(agent)) return BUSY;
  const status = poolCondition(id, stamp);
  if (status == OK) put64(livePool(id) + word, value);
  unlock();
  return status;
}

/** Sets max unless usage is above. A charge that races is undone by its own check or seen here. */
export function lowerMax(agent: u32, id: u32, stamp: u32, value: u64): i32 {
  if (!lock(agent)) return BUSY;
  let status = poolCondition(id, stamp);
  if (status == OK) status = lower(livePool(id), value);
  unlock();
  return status;
}

function lower(pool: Address, value: u64): i32 {
  if (get64(pool + POOL_USAGE) > value) return BELOW_USAGE;
  const before = get64(pool + POOL_MAX);
  put64(pool + POOL_MAX, value);
  if (get64(pool + POOL_USAGE) <= value) return OK;
  put64(pool + POOL_MAX, before);
  return BELOW_USAGE;
}

export function setMin(agent: u32, id: u32, stamp: u32, value: u64): i32 {
  return protect(agent, id, stamp, MIN, value);
}

export function setLow(agent: u32, id: u32, stamp: u32, value: u64): i32 {
  return protect(agent, id, stamp, LOW, value);
}

function protect(agent: u32, id: u32, stamp: u32, kind: Address, value: u64): i32 {
  if (!lock(agent)) return BUSY;
  const status = poolCondition(id, stamp);
  if (status == OK) {
    const pool = livePool(id);
    if (value != 0) list(pool);
    put64(pool + POOL_MIN + kind, value);
    freeze(pool);
  }
  unlock();
  return status;
}

/**
 * Counters without protection support publish what is protected of their usage only when a setting at or below changes.
 */
function freeze(pool: Address): void {
  while (load32(pool + POOL_PARENT) != 0) {
    if ((load16(pool + POOL_FLAGS) & PROTECTION) == 0) {
      const usage = load64(pool + POOL_USAGE);
      store64(pool + POOL_FROZEN_MIN + MIN, min<u64>(usage, load64(pool + POOL_MIN)));
      store64(pool + POOL_FROZEN_MIN + LOW, min<u64>(usage, load64(pool + POOL_LOW)));
    }
    pool = load32(pool + POOL_PARENT);
  }
}
