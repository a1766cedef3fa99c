// The page counter: a usage that includes all descendants, with a limit on every level.
//
// A charge adds first and checks then, from the counter up to the top, and takes everything back if a level refuses. So
// two charges that race near a limit may both be refused although one would have fitted; none ever succeeds beyond it.
// (After Linux mm/page_counter.c, whose own protection bookkeeping has no counterpart here: see protection.ts.)

import {
  AMOUNT_MAX,
  ARENA_RULES,
  COUNT_FAILURES,
  DETACHED,
  GONE,
  LIVE,
  OK,
  POOL_FAILURES,
  POOL_FLAGS,
  POOL_LOCAL_PEAK,
  POOL_MAX,
  POOL_PARENT,
  POOL_PEAK,
  POOL_SHIFT,
  POOL_STAMP,
  POOL_USAGE,
  REMOVED,
  RULE_CHARGE_WRAPS,
  RULE_REFUSED_CHARGE_RAISES_PEAK,
  RULE_UNCHARGE_CLAMPS,
  STAMP_SHIFT,
  TOO_LARGE,
  UNREGISTERED,
} from "./abi";
import { Address, add32, add64, get32, get64, load16, load32, load64, put64, store64, sub64 } from "./sync";

/** The bit that stands for this level and all above it, where counters that had too little are reported. */
const LAST_LEVEL = 63;

export function rule(bit: u32): bool {
  return (load<u32>(ARENA_RULES) & bit) != 0;
}

/**
 * Charges `amount` to `leaf` and all its ancestors, or to none.
 *
 * The slot may have been freed, or its cgroup removed, since the caller looked: the stamp is read after the first add,
 * and whoever retires a pool changes the stamp before it looks at the usage. So one of the two always sees the other.
 *
 * @returns OK, the id of the counter that refused, or a status if `stamp` is no longer the pool's
 */
export function tryChargeUp(leaf: Address, stamp: u32, amount: u64): i32 {
  let usage = add64(leaf + POOL_USAGE, amount);
  if (get32(leaf + POOL_STAMP) != stamp) return backOut(leaf, stamp, amount);
  let counter = leaf;
  let isPeak = false;
  while (usage <= get64(counter + POOL_MAX)) {
    if (usage > load64(counter + POOL_LOCAL_PEAK)) isPeak = true;
    counter = load32(counter + POOL_PARENT);
    if (counter == 0) {
      if (isPeak) raisePeaks(leaf);
      return OK;
    }
    usage = add64(counter + POOL_USAGE, amount);
  }
  return refuse(leaf, counter, amount);
}

/** Charges `amount` to `leaf` and all its ancestors, whatever their limits. */
export function chargeUp(leaf: Address, stamp: u32, amount: u64): i32 {
  let counter = leaf;
  do {
    const usage = add64(counter + POOL_USAGE, amount);
    if (counter == leaf && get32(leaf + POOL_STAMP) != stamp) return backOut(leaf, stamp, amount);
    if (usage > <u64>AMOUNT_MAX && !rule(RULE_CHARGE_WRAPS)) {
      unwind(leaf, counter, amount);
      sub64(counter + POOL_USAGE, amount);
      return TOO_LARGE;
    }
    counter = load32(counter + POOL_PARENT);
  } while (counter != 0);
  for (counter = leaf; counter != 0; counter = load32(counter + POOL_PARENT)) {
    raisePeak(counter, load64(counter + POOL_USAGE));
  }
  return OK;
}

/**
 * Takes `amount` off `leaf` and all its ancestors. Each link is read before the claim on it is given up.
 *
 * @returns the levels that had less than that, bit 0 the leaf, bit 63 all levels from there on; they are at 0 now
 */
export function unchargeUp(leaf: Address, amount: u64): u64 {
  let short: u64 = 0;
  let level = 0;
  let counter = leaf;
  do {
    const parent = load32(counter + POOL_PARENT);
    if (<i64>sub64(counter + POOL_USAGE, amount) < 0) short |= clamp(counter, min(level, LAST_LEVEL));
    level++;
    counter = parent;
  } while (counter != 0);
  return short;
}

/** Takes `amount` off this one counter. @returns 1 if it had less than that and is at 0 now */
export function cancel(counter: Address, amount: u64): u64 {
  if (<i64>sub64(counter + POOL_USAGE, amount) >= 0) return 0;
  return clamp(counter, 0);
}

function clamp(counter: Address, level: i32): u64 {
  if (rule(RULE_UNCHARGE_CLAMPS)) put64(counter + POOL_USAGE, 0);
  return (<u64>1) << level;
}

/** Says what became of the pool that a handle with this stamp was made for. OK: it is in use. */
export function condition(pool: Address, stamp: u32): i32 {
  const now = get32(pool + POOL_STAMP);
  if (now == stamp) return OK;
  if ((now ^ stamp) >>> STAMP_SHIFT != 0 || (now & LIVE) == 0) return GONE;
  return (now & DETACHED) != 0 ? UNREGISTERED : REMOVED;
}

function backOut(leaf: Address, stamp: u32, amount: u64): i32 {
  sub64(leaf + POOL_USAGE, amount);
  const status = condition(leaf, stamp);
  return status == OK ? GONE : status; // a stamp never comes back; freed and made again is not the same
}

function refuse(leaf: Address, counter: Address, amount: u64): i32 {
  sub64(counter + POOL_USAGE, amount);
  if (rule(RULE_REFUSED_CHARGE_RAISES_PEAK)) {
    for (let below = leaf; below != counter; below = load32(below + POOL_PARENT)) {
      const usage = load64(below + POOL_USAGE);
      if (usage <= load64(below + POOL_MAX)) raisePeak(below, usage); // not what a racing charge is refused
    }
  }
  unwind(leaf, counter, amount);
  if ((load16(leaf + POOL_FLAGS) & COUNT_FAILURES) != 0 && load32(counter + POOL_FAILURES) != u32.MAX_VALUE) {
    add32(counter + POOL_FAILURES, 1);
  }
  return <i32>(counter >>> POOL_SHIFT);
}

/** Takes `amount` off `leaf` and its ancestors below `top`. */
function unwind(leaf: Address, top: Address, amount: u64): void {
  let counter = leaf;
  while (counter != top) {
    const parent = load32(counter + POOL_PARENT);
    cancel(counter, amount);
    counter = parent;
  }
}

/** A racing charge that is about to be refused can show in a usage, but never in a peak: it is above the limit. */
function raisePeaks(leaf: Address): void {
  let counter = leaf;
  do {
    const usage = load64(counter + POOL_USAGE);
    if (usage > load64(counter + POOL_LOCAL_PEAK) && usage <= load64(counter + POOL_MAX)) raisePeak(counter, usage);
    counter = load32(counter + POOL_PARENT);
  } while (counter != 0);
}

/** Both marks, by plain stores: a mark that loses a race is put right by the next charge. */
function raisePeak(counter: Address, usage: u64): void {
  if (usage <= load64(counter + POOL_LOCAL_PEAK)) return;
  store64(counter + POOL_LOCAL_PEAK, usage);
  if (usage > load64(counter + POOL_PEAK)) store64(counter + POOL_PEAK, usage);
}

/** Both marks become the present usage. */
export function resetPeak(counter: Address): void {
  const usage = load64(counter + POOL_USAGE);
  store64(counter + POOL_LOCAL_PEAK, usage);
  store64(counter + POOL_PEAK, usage);
}

/** Only the mark of its own becomes the present usage. */
export function resetLocalPeak(counter: Address): void {
  store64(counter + POOL_LOCAL_PEAK, load64(counter + POOL_USAGE));
}
