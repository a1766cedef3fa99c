// Counters by themselves, with 64-bit amounts and without accounts: for controllers other than dmem.

import {
  AMOUNT_MAX,
  BAD_ID,
  OK,
  POOL_MAX,
  POOL_PARENT,
  POOL_STAMP,
  POOL_USAGE,
  RULE_CHARGE_WRAPS,
  RULE_UNCHARGE_CLAMPS,
  TOO_LARGE,
} from "./abi";
import { cancel, chargeUp, resetLocalPeak, resetPeak, rule, tryChargeUp, unchargeUp } from "./page-counter";
import { livePool } from "./pool";
import { calculateProtection, childrenProtectedUsage, LOW, MIN, protectedUsage } from "./protection";
import { Address, load32, load64 } from "./sync";

/** What the functions below return for an id that is none, where every bit pattern of an answer means something. */
const NO_COUNTER: u64 = u64.MAX_VALUE;

export function tryChargeCounter(id: u32, amount: u64): i32 {
  const counter = livePool(id);
  if (counter == 0) return BAD_ID;
  if (!rule(RULE_CHARGE_WRAPS) && passesMost(counter, amount)) return TOO_LARGE;
  return tryChargeUp(counter, load32(counter + POOL_STAMP), amount);
}

/** Whether a level that would not refuse `amount` cannot hold it. (Only limits above AMOUNT_MAX lead there.) */
function passesMost(counter: Address, amount: u64): bool {
  for (; counter != 0; counter = load32(counter + POOL_PARENT)) {
    const usage = load64(counter + POOL_USAGE) + amount;
    if (usage > load64(counter + POOL_MAX)) return false;
    if (usage > <u64>AMOUNT_MAX) return true;
  }
  return false;
}

export function chargeCounter(id: u32, amount: u64): i32 {
  const counter = livePool(id);
  return counter == 0 ? BAD_ID : chargeUp(counter, load32(counter + POOL_STAMP), amount);
}

/** @returns a bit for each level that had less than `amount`; without leave to clamp, nothing was done then */
export function unchargeCounter(id: u32, amount: u64): u64 {
  const counter = livePool(id);
  if (counter == 0) return NO_COUNTER;
  const short = rule(RULE_UNCHARGE_CLAMPS) ? 0 : shortLevels(counter, amount);
  return short != 0 ? short : unchargeUp(counter, amount);
}

function shortLevels(counter: Address, amount: u64): u64 {
  let short: u64 = 0;
  let level: u64 = 1;
  for (; counter != 0; counter = load32(counter + POOL_PARENT)) {
    if (load64(counter + POOL_USAGE) < amount) short |= level;
    if (level << 1 != 0) level <<= 1;
  }
  return short;
}

/** The same for one level. */
export function cancelCounter(id: u32, amount: u64): u64 {
  const counter = livePool(id);
  if (counter == 0) return NO_COUNTER;
  if (!rule(RULE_UNCHARGE_CLAMPS) && load64(counter + POOL_USAGE) < amount) return 1;
  return cancel(counter, amount);
}

export function resetCounterPeak(id: u32, localOnly: bool): i32 {
  const counter = livePool(id);
  if (counter == 0) return BAD_ID;
  if (localOnly) resetLocalPeak(counter);
  else resetPeak(counter);
  return OK;
}

/** The kernel's protection step, for min and low: the result is left in the counter. */
export function protectCounter(root: u32, id: u32, recursive: bool): i32 {
  const counter = livePool(id);
  const above = livePool(root);
  if (counter == 0 || above == 0) return BAD_ID;
  calculateProtection(above, counter, MIN, recursive);
  calculateProtection(above, counter, LOW, recursive);
  return OK;
}

/** What the counter asks its parent to protect of its usage; 0 without a parent. */
export function counterProtectedUsage(id: u32, low: bool): u64 {
  const counter = livePool(id);
  if (counter == 0 || load32(counter + POOL_PARENT) == 0) return 0;
  return protectedUsage(counter, low ? LOW : MIN);
}

/** The sum of that over its children. */
export function counterChildrenProtectedUsage(id: u32, low: bool): u64 {
  const counter = livePool(id);
  return counter == 0 ? 0 : childrenProtectedUsage(counter, low ? LOW : MIN);
}
