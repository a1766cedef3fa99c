// Pools: the counter of one cgroup for one region, made on first need together with those of all ancestors. It outlives
// its cgroup and its region for as long as anything is charged to it.

import {
  ACCOUNT,
  BAD_ID,
  BUSY,
  CGROUP_FIRST_POOL,
  CGROUP_FLAGS,
  CGROUP_INCARNATION,
  CGROUP_PARENT,
  CGROUP_REFERENCES,
  CONTROLLED,
  COUNT_FAILURES,
  DETACHED,
  GONE,
  LISTED,
  LIVE,
  NO_SLOT,
  OFFLINE,
  OK,
  PAGE_COUNTER_MAX,
  POOL,
  POOL_CGROUP,
  POOL_CHILDREN,
  POOL_EFFECTIVE_LOW,
  POOL_EFFECTIVE_MIN,
  POOL_FAILURES,
  POOL_FIRST_PROTECTED,
  POOL_FLAGS,
  POOL_FROZEN_LOW,
  POOL_FROZEN_MIN,
  POOL_HIGH,
  POOL_LINK,
  POOL_LOCAL_PEAK,
  POOL_LOW,
  POOL_MAX,
  POOL_MIN,
  POOL_NEXT_PROTECTED,
  POOL_PARENT,
  POOL_PEAK,
  POOL_PREVIOUS_PROTECTED,
  POOL_REGION,
  POOL_SHIFT,
  POOL_STAMP,
  POOL_STRIDE,
  POOL_USAGE,
  PROTECTION,
  REGION,
  REGION_POOLS,
  REMOVED,
  STAMP_SHIFT,
} from "./abi";
import { canOpen } from "./account";
import { cgroupCondition, cgroupOf, dropCgroup } from "./cgroup";
import { lock, unlock } from "./lock";
import { condition } from "./page-counter";
import { recallRetired } from "./recall";
import { dropRegion, regionCondition, regionOf } from "./region";
import { addressOf, allocate, available, base, capacity, contains, end, idOf, release, upcoming } from "./slots";
import { Address, get32, get64, load16, load32, load64, put32, put64, store16, store32, store64 } from "./sync";
import { spendTickets } from "./ticket";

/** The record of an id if it is in use, otherwise 0. */
export function livePool(id: u32): Address {
  const pool = id << POOL_SHIFT;
  if (id >= 1 << (32 - POOL_SHIFT) || !contains(POOL, pool)) return 0;
  return (get32(pool + POOL_STAMP) & LIVE) != 0 ? pool : 0;
}

/** What became of the pool that a handle was made for. OK: it is in use. */
export function poolCondition(id: u32, stamp: u32): i32 {
  const pool = id << POOL_SHIFT;
  if (id >= 1 << (32 - POOL_SHIFT) || !contains(POOL, pool)) return BAD_ID;
  return condition(pool, stamp);
}

/** One of a pool's 64-bit words as a double, 0 if the pool was freed meanwhile. */
export function readPool(id: u32, stamp: u32, word: u32): f64 {
  const pool = livePool(id);
  if (pool == 0 || word > <u32>POOL_LOCAL_PEAK || condition(pool, stamp) == GONE) return 0;
  return <f64>load64(pool + word);
}

/** Finds the pool of a cgroup's present state for a region. @returns its id, 0 if there is none, or a status */
export function findPool(cgroupId: u32, cgroupGeneration: u32, regionId: u32, regionGeneration: u32): i32 {
  const cgroup = cgroupOf(cgroupId, cgroupGeneration);
  if (cgroup == 0) return cgroupCondition(cgroupId, cgroupGeneration);
  const region = regionOf(regionId, regionGeneration);
  if (region == 0) return regionCondition(regionId, regionGeneration);
  return <i32>(poolFor(cgroup, region) >>> POOL_SHIFT);
}

/**
 * Finds or makes it, with those of all ancestors: all or none. `incarnation` names the cgroup's state that is meant.
 * `forCharge`: none either if the agent could not open its account for it then.
 */
export function createPool(
  agent: u32,
  cgroupId: u32,
  cgroupGeneration: u32,
  incarnation: u32,
  regionId: u32,
  regionGeneration: u32,
  forCharge: bool,
): i32 {
  if (!lock(agent)) return BUSY;
  const cgroup = cgroupOf(cgroupId, cgroupGeneration);
  const region = regionOf(regionId, regionGeneration);
  let result: i32;
  if (cgroup == 0) result = cgroupCondition(cgroupId, cgroupGeneration);
  else if (region == 0) result = regionCondition(regionId, regionGeneration);
  else if (load32(cgroup + CGROUP_INCARNATION) != incarnation) result = REMOVED;
  else if ((load32(cgroup + CGROUP_FLAGS) & CONTROLLED) == 0) result = REMOVED;
  else if (!suffices(missing(cgroup, region))) result = NO_SLOT - POOL;
  else if (forCharge && !canOpen(agent, slotFor(cgroup, region))) result = NO_SLOT - ACCOUNT;
  else result = <i32>(provide(cgroup, region) >>> POOL_SHIFT);
  unlock();
  return result;
}

/** Ends also in an arena that somebody has damaged. */
function poolFor(cgroup: Address, region: Address): Address {
  const index = idOf(REGION, region);
  let left = capacity(POOL);
  let pool = load32(cgroup + CGROUP_FIRST_POOL);
  while (pool != 0 && load16(pool + POOL_REGION) != index) pool = left-- == 0 ? 0 : load32(pool + POOL_LINK);
  return pool;
}

/** Where it is or, with {@link provide}, is going to be; 0: in a slot that was never used. */
function slotFor(cgroup: Address, region: Address): Address {
  return poolFor(cgroup, region) || upcoming(POOL, missing(cgroup, region));
}

/** How many levels from `cgroup` up have no pool for `region` yet. */
function missing(cgroup: Address, region: Address): u32 {
  let count: u32 = 0;
  while (cgroup != 0 && poolFor(cgroup, region) == 0) {
    count++;
    cgroup = load32(cgroup + CGROUP_PARENT);
  }
  return count;
}

function suffices(count: u32): bool {
  if (count > available(POOL)) sweep();
  return count <= available(POOL);
}

/** From the top down, so that a pool is published only when its parent is. Recursion is bounded by DEPTH_MAX. */
function provide(cgroup: Address, region: Address): Address {
  const present = poolFor(cgroup, region);
  if (present != 0) return present;
  const above = load32(cgroup + CGROUP_PARENT);
  const parent = above == 0 ? 0 : provide(above, region);
  const pool = allocate(POOL);
  store16(pool + POOL_REGION, idOf(REGION, region));
  store32(pool + POOL_CGROUP, cgroup);
  initialize(pool, parent, PROTECTION);
  store32(cgroup + CGROUP_REFERENCES, load32(cgroup + CGROUP_REFERENCES) + 1);
  store32(region + REGION_POOLS, load32(region + REGION_POOLS) + 1);
  store32(pool + POOL_LINK, load32(cgroup + CGROUP_FIRST_POOL));
  put32(cgroup + CGROUP_FIRST_POOL, pool);
  return pool;
}

/**
 * Everything but the usage, which is 0 in a free slot and never stored. The stamp comes last: with it the pool lives.
 */
function initialize(pool: Address, parent: Address, flags: u32): void {
  store16(pool + POOL_FLAGS, flags);
  store32(pool + POOL_FAILURES, 0);
  store64(pool + POOL_HIGH, 0);
  store64(pool + POOL_FROZEN_MIN, 0);
  store64(pool + POOL_FROZEN_LOW, 0);
  store64(pool + POOL_EFFECTIVE_MIN, 0);
  store64(pool + POOL_EFFECTIVE_LOW, 0);
  store64(pool + POOL_MAX, PAGE_COUNTER_MAX);
  store64(pool + POOL_MIN, 0);
  store64(pool + POOL_LOW, 0);
  store64(pool + POOL_PEAK, 0);
  store64(pool + POOL_LOCAL_PEAK, 0);
  store32(pool + POOL_FIRST_PROTECTED, 0);
  store32(pool + POOL_CHILDREN, 0);
  store32(pool + POOL_PARENT, parent);
  if (parent != 0) store32(parent + POOL_CHILDREN, load32(parent + POOL_CHILDREN) + 1);
  put32(pool + POOL_STAMP, load32(pool + POOL_STAMP) | LIVE);
}

/** Makes a counter that belongs to no cgroup and no region. @returns its id, or a status */
export function createCounter(agent: u32, parentId: u32, hasProtection: bool, countFailures: bool): i32 {
  if (!lock(agent)) return BUSY;
  const parent = livePool(parentId);
  const pool = parentId != 0 && parent == 0 ? 0 : allocate(POOL);
  const flags = (hasProtection ? PROTECTION : 0) | (countFailures ? COUNT_FAILURES : 0);
  if (pool != 0) initialize(pool, parent, flags);
  unlock();
  if (pool != 0) return <i32>(pool >>> POOL_SHIFT);
  return parentId != 0 && parent == 0 ? BAD_ID : NO_SLOT - POOL;
}

/** The cgroup's state ends: its pools lose their limits at once, and their slots when nothing is charged any more. */
export function retirePools(cgroup: Address): void {
  let pool: Address = load32(cgroup + CGROUP_FIRST_POOL);
  put32(cgroup + CGROUP_FIRST_POOL, 0);
  for (let retired = pool; retired != 0; retired = load32(retired + POOL_LINK)) retire(retired);
  recallRetired();
  for (let next: Address = 0; pool != 0; pool = next) {
    next = load32(pool + POOL_LINK);
    free(pool);
  }
}

export function retire(pool: Address): void {
  put64(pool + POOL_MAX, PAGE_COUNTER_MAX);
  put64(pool + POOL_MIN, 0);
  put64(pool + POOL_LOW, 0);
  put32(pool + POOL_STAMP, load32(pool + POOL_STAMP) | OFFLINE);
}

/** The region is gone: its pools hang in no cgroup any more. */
export function detachPools(region: Address): void {
  const index = idOf(REGION, region);
  const last = end(POOL);
  for (let pool = base(POOL); pool < last; pool += POOL_STRIDE) {
    const stamp = load32(pool + POOL_STAMP);
    if ((stamp & LIVE) == 0 || (stamp & DETACHED) != 0 || load16(pool + POOL_REGION) != index) continue;
    if ((stamp & OFFLINE) == 0) unhook(pool);
    put32(pool + POOL_STAMP, stamp | DETACHED);
  }
  recallRetired();
  sweep();
}

/** Takes a pool out of its cgroup's list. */
export function unhook(pool: Address): void {
  let link: Address = load32(pool + POOL_CGROUP) + CGROUP_FIRST_POOL;
  while (load32(link) != pool) link = load32(link) + POOL_LINK;
  put32(link, load32(pool + POOL_LINK));
}

/** Frees a pool that was retired and has become empty, for whoever made it so. */
export function collect(agent: u32, id: u32): i32 {
  if (!lock(agent)) return BUSY;
  free(livePool(id));
  unlock();
  return OK;
}

/**
 * Frees `pool`, and then its ancestors, where they are retired and nothing is charged there. The usage is read after
 * the stamp was changed; a charge reads the stamp after it has added (see tryChargeUp).
 */
export function free(pool: Address): void {
  while (pool != 0) {
    const stamp = get32(pool + POOL_STAMP);
    if ((stamp & (OFFLINE | DETACHED)) == 0 || load32(pool + POOL_CHILDREN) != 0) return;
    if (get64(pool + POOL_USAGE) != 0) return;
    const parent = load32(pool + POOL_PARENT);
    unlist(pool);
    spendTickets(pool);
    put32(pool + POOL_STAMP, ((stamp >>> STAMP_SHIFT) + 1) << STAMP_SHIFT);
    if (parent != 0) store32(parent + POOL_CHILDREN, load32(parent + POOL_CHILDREN) - 1);
    dropRegion(addressOf(REGION, load16(pool + POOL_REGION)));
    dropCgroup(load32(pool + POOL_CGROUP));
    release(POOL, pool);
    pool = parent;
  }
}

/**
 * Frees every pool that can be freed, under the lock. A charge that was refused while its cgroup was being removed
 * leaves an empty pool that nobody was told to collect; so whoever finds no slot left looks for those first.
 */
export function sweep(): void {
  const last = end(POOL);
  for (let pool = base(POOL); pool < last; pool += POOL_STRIDE) if ((load32(pool + POOL_STAMP) & LIVE) != 0) free(pool);
}

/** Puts a pool into its parent's list of protected children, where it stays. */
export function list(pool: Address): void {
  const parent = load32(pool + POOL_PARENT);
  const flags = load16(pool + POOL_FLAGS);
  if (parent == 0 || (flags & LISTED) != 0) return;
  const first = load32(parent + POOL_FIRST_PROTECTED);
  store32(pool + POOL_PREVIOUS_PROTECTED, 0);
  store32(pool + POOL_NEXT_PROTECTED, first);
  if (first != 0) store32(first + POOL_PREVIOUS_PROTECTED, pool);
  put32(parent + POOL_FIRST_PROTECTED, pool);
  store16(pool + POOL_FLAGS, flags | LISTED);
}

function unlist(pool: Address): void {
  if ((load16(pool + POOL_FLAGS) & LISTED) == 0) return;
  const next = load32(pool + POOL_NEXT_PROTECTED);
  const previous = load32(pool + POOL_PREVIOUS_PROTECTED);
  put32(previous == 0 ? load32(pool + POOL_PARENT) + POOL_FIRST_PROTECTED : previous + POOL_NEXT_PROTECTED, next);
  if (next != 0) store32(next + POOL_PREVIOUS_PROTECTED, previous);
}
