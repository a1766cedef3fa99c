// Effective protection: how much of a counter's usage min and low really protect, given what its ancestors have to
// give. Computed on demand and only on the path from the root of the question down to the counter, so that a charge
// never has to push anything upwards. (The formula: Linux mm/page_counter.c, and the RFC's first patch.)
//
// `kind` is MIN or LOW: the distance of the wanted word from the one for min.

import {
  ARENA_VERSION,
  DETACHED,
  POOL_EFFECTIVE_MIN,
  POOL_FIRST_PROTECTED,
  POOL_FLAGS,
  POOL_FROZEN_MIN,
  POOL_LOW,
  POOL_MIN,
  POOL_NEXT_PROTECTED,
  POOL_PARENT,
  POOL_STAMP,
  POOL_USAGE,
  PROTECTION,
  RULE_QUERIES_REMEMBER,
} from "./abi";
import { mulDiv } from "./muldiv";
import { rule } from "./page-counter";
import { Address, get32, load16, load32, load64, store64 } from "./sync";

export const MIN: Address = 0;
export const LOW: Address = POOL_LOW - POOL_MIN;

/** A sum over siblings is taken again if a record was freed meanwhile; after that many times it is taken as it is. */
const SUM_TRIES = 64;

/** The part of its usage that a counter asks its parent to protect. */
export function protectedUsage(counter: Address, kind: Address): u64 {
  if ((load16(counter + POOL_FLAGS) & PROTECTION) == 0) return load64(counter + POOL_FROZEN_MIN + kind);
  return min<u64>(load64(counter + POOL_USAGE), load64(counter + POOL_MIN + kind));
}

/** Sum of the protected usage of the children of `parent`. Cost: one step for each child that has a min or low. */
export function childrenProtectedUsage(parent: Address, kind: Address): u64 {
  let sum: u64 = 0;
  for (let tries = 0; tries < SUM_TRIES; tries++) {
    const version = get32(ARENA_VERSION);
    sum = 0;
    let child = load32(parent + POOL_FIRST_PROTECTED);
    while (child != 0 && get32(ARENA_VERSION) == version) {
      sum += protectedUsage(child, kind);
      child = load32(child + POOL_NEXT_PROTECTED);
    }
    if (child == 0 && get32(ARENA_VERSION) == version) break;
  }
  return sum;
}

/**
 * What a counter is left with of its own `setting`.
 *
 * Where the siblings together ask for more than the parent has, each gets its proportion. Where they ask for less and
 * the protection is recursive, the rest floats to whatever usage is unprotected, in proportion to it.
 *
 * @param siblings what all children of the parent ask for, this one included
 */
export function share(
  usage: u64,
  setting: u64,
  parentUsage: u64,
  parentEffective: u64,
  siblings: u64,
  recursive: bool,
): u64 {
  const own = min<u64>(usage, setting);
  if (siblings > parentEffective) return mulDiv(own, parentEffective, siblings);
  if (!recursive || parentEffective <= siblings || parentUsage <= siblings || usage <= own) return own;
  const unclaimed = parentUsage - siblings;
  return own + mulDiv(parentEffective - siblings, min<u64>(usage - own, unclaimed), unclaimed);
}

/**
 * `share` for a counter whose parent's effective value is known. Directly below the root there is nobody to share with.
 */
function step(root: Address, counter: Address, kind: Address, parentEffective: u64, recursive: bool): u64 {
  const parent = load32(counter + POOL_PARENT);
  const setting = load64(counter + POOL_MIN + kind);
  if (parent == root) return setting;
  const siblings = childrenProtectedUsage(parent, kind);
  const usage = load64(counter + POOL_USAGE);
  return share(usage, setting, load64(parent + POOL_USAGE), parentEffective, siblings, recursive);
}

/**
 * Effective min or low of `counter` as seen from its ancestor `root`. Recursion is bounded by DEPTH_MAX.
 *
 * Without usage there is nothing to protect, and the root itself is not protected from itself.
 */
export function effective(root: Address, counter: Address, kind: Address): u64 {
  if (rule(RULE_QUERIES_REMEMBER)) return remembered(root, counter, kind);
  if (counter == root || load64(counter + POOL_USAGE) == 0) return 0;
  const parent = load32(counter + POOL_PARENT);
  if (parent == 0) return 0;
  if (parent == root) return load64(counter + POOL_MIN + kind);
  return step(root, counter, kind, effective(root, parent, kind), true);
}

/** As the kernel: leaves what it finds in the counter, and where it finds nothing new, says what was left there. */
function remembered(root: Address, counter: Address, kind: Address): u64 {
  if ((get32(counter + POOL_STAMP) & DETACHED) == 0 && isBelow(counter, root)) {
    const parent = load32(counter + POOL_PARENT);
    if (parent != root) remembered(root, parent, kind);
    calculateProtection(root, counter, kind, true);
  }
  return load64(counter + POOL_EFFECTIVE_MIN + kind);
}

/** The kernel's step on one counter: from its parent's stored effective value to its own. */
export function calculateProtection(root: Address, counter: Address, kind: Address, recursive: bool): void {
  const parent = load32(counter + POOL_PARENT);
  if (counter == root || parent == 0 || load64(counter + POOL_USAGE) == 0) return;
  const value = step(root, counter, kind, load64(parent + POOL_EFFECTIVE_MIN + kind), recursive);
  store64(counter + POOL_EFFECTIVE_MIN + kind, value);
}

/** Whether `ancestor` is a proper ancestor of `counter`. */
export function isBelow(counter: Address, ancestor: Address): bool {
  let parent = load32(counter + POOL_PARENT);
  while (parent != 0 && parent != ancestor) parent = load32(parent + POOL_PARENT);
  return parent != 0;
}

export function top(counter: Address): Address {
  let above = load32(counter + POOL_PARENT);
  while (above != 0) {
    counter = above;
    above = load32(counter + POOL_PARENT);
  }
  return counter;
}
