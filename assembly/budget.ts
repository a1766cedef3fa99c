// Protection one level at a time, for whoever asks about many pools in a row: what a group has for its children, its
// budget, and what these ask for are found once, and are told to every question about one of them.
//
// Amounts cross the border as doubles, cut to 2^53-1. That is at least any usage, and a group whose budget is at least
// its usage protects everything however much more it has.

import { AMOUNT_MAX, HIT_LOW, POOL_MIN, POOL_PARENT, POOL_USAGE, VALUABLE } from "./abi";
import { livePool } from "./pool";
import { childrenProtectedUsage, LOW, MIN, protectedUsage, share } from "./protection";
import { Address, load32, load64 } from "./sync";

/** What the children of a group together ask it to protect. Cost: one step for each child that has a min or low. */
export function askedByChildren(group: u32, low: bool): f64 {
  const pool = livePool(group);
  return pool == 0 ? 0 : amount(childrenProtectedUsage(pool, low ? LOW : MIN));
}

/** How much less a pool asks for since its usage fell by `bytes`. */
export function askedLess(test: u32, low: bool, bytes: f64): f64 {
  const pool = livePool(test);
  if (pool == 0) return 0;
  const kind = low ? LOW : MIN;
  const before = min<u64>(load64(pool + POOL_USAGE) + <u64>bytes, load64(pool + POOL_MIN + kind));
  return amount(before - min<u64>(before, protectedUsage(pool, kind)));
}

/** Effective min or low of a pool whose parent has `budget`, of which all its children ask for `asked`. */
export function effectiveWithin(test: u32, low: bool, budget: f64, asked: f64): f64 {
  const pool = livePool(test);
  return pool == 0 ? 0 : amount(within(pool, low ? LOW : MIN, budget, asked));
}

/**
 * Would evicting memory of such a pool help?
 *
 * @returns bits VALUABLE and HIT_LOW
 */
export function valuableWithin(
  test: u32,
  ignoreLow: bool,
  minBudget: f64,
  minAsked: f64,
  lowBudget: f64,
  lowAsked: f64,
): i32 {
  const pool = livePool(test);
  if (pool == 0) return 0;
  const usage = load64(pool + POOL_USAGE);
  if (usage <= within(pool, MIN, minBudget, minAsked)) return 0;
  return ignoreLow || usage > within(pool, LOW, lowBudget, lowAsked) ? VALUABLE : HIT_LOW;
}

/**
 * Which of its children a group with this budget protects wholly: 0 none that uses anything, 1 those that use no more
 * than they ask for, 2 all. That follows from `share`: too small a budget is split, and every part rounded down, so
 * that each falls short; one that is large enough leaves to each what it asks for; and what is left floats in
 * proportion to what is unprotected, so that it makes up for all of that or for all of nobody's.
 */
export function coverage(group: u32, budget: f64, asked: f64): i32 {
  const pool = livePool(group);
  if (asked > budget) return 0;
  return pool == 0 || <f64>load64(pool + POOL_USAGE) <= budget ? 2 : 1;
}

function within(pool: Address, kind: Address, budget: f64, asked: f64): u64 {
  const usage = load64(pool + POOL_USAGE);
  const parent = load32(pool + POOL_PARENT);
  if (usage == 0 || parent == 0) return 0;
  const setting = load64(pool + POOL_MIN + kind);
  return share(usage, setting, load64(parent + POOL_USAGE), <u64>budget, <u64>asked, true);
}

function amount(value: u64): f64 {
  return <f64>min<u64>(value, <u64>AMOUNT_MAX);
}
