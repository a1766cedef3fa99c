// Regions: the memories that are accounted. Their order of registration is the order of lines in the interface files.

import {
  AGENT,
  AGENT_NAME,
  ARENA_FIRST_REGION,
  ARENA_LAST_REGION,
  BAD_AMOUNT,
  BAD_ID,
  BUSY,
  EXISTS,
  GONE,
  NAME_MAX,
  NO_SLOT,
  OK,
  REGION,
  REGION_FREE,
  REGION_GENERATION,
  REGION_NAME,
  REGION_NAME_LENGTH,
  REGION_NEXT,
  REGION_OWNER,
  REGION_POOLS,
  REGION_PREVIOUS,
  REGION_REGISTERED,
  REGION_SIZE,
  REGION_STATE,
  REGION_UNREGISTERED,
  RULE_ANY_REGION_NAME,
  UNREGISTERED,
} from "./abi";
import { amountOf, NO_AMOUNT } from "./amount";
import { lock, unlock } from "./lock";
import { takeName } from "./name";
import { rule } from "./page-counter";
import { detachPools, sweep } from "./pool";
import { addressOf, allocate, available, idOf, release } from "./slots";
import { Address, areEqual, load32, put32, store32, store64 } from "./sync";

/** The record of a handle if it is registered, otherwise 0. */
export function regionOf(id: u32, generation: u32): Address {
  const region = addressOf(REGION, id);
  if (region == 0 || load32(region + REGION_GENERATION) != generation) return 0;
  return load32(region + REGION_STATE) == REGION_REGISTERED ? region : 0;
}

/** Why a handle leads nowhere. OK: it is registered. */
export function regionCondition(id: u32, generation: u32): i32 {
  const region = addressOf(REGION, id);
  if (region == 0) return BAD_ID;
  if (load32(region + REGION_GENERATION) != generation) return GONE;
  return load32(region + REGION_STATE) == REGION_REGISTERED ? OK : UNREGISTERED;
}

/**
 * Registers a region of `size` bytes under the name of `length` bytes that the agent laid down.
 *
 * @returns its id, or a status
 */
export function registerRegion(agent: u32, length: u32, size: f64): i32 {
  const owner = addressOf(AGENT, agent);
  const bytes = amountOf(size);
  if (owner == 0 || length > <u32>NAME_MAX) return BAD_ID;
  if (bytes == NO_AMOUNT || bytes == 0) return BAD_AMOUNT;
  if (!lock(agent)) return BUSY;
  const result =
    !rule(RULE_ANY_REGION_NAME) && isTaken(owner + AGENT_NAME, length) ? EXISTS : register(owner, length, bytes);
  unlock();
  return result;
}

function isTaken(name: Address, length: u32): bool {
  for (let region = load32(ARENA_FIRST_REGION); region != 0; region = load32(region + REGION_NEXT)) {
    if (load32(region + REGION_NAME_LENGTH) == length && areEqual(region + REGION_NAME, name, length)) return true;
  }
  return false;
}

function register(owner: Address, length: u32, size: u64): i32 {
  if (available(REGION) == 0) sweep();
  const region = allocate(REGION);
  if (region == 0) return NO_SLOT - REGION;
  takeName(owner, region + REGION_NAME, length);
  store32(region + REGION_NAME_LENGTH, length);
  store64(region + REGION_SIZE, size);
  store32(region + REGION_OWNER, owner);
  store32(region + REGION_POOLS, 0);
  const last = load32(ARENA_LAST_REGION);
  store32(region + REGION_PREVIOUS, last);
  store32(region + REGION_NEXT, 0);
  put32(region + REGION_STATE, REGION_REGISTERED);
  put32(last == 0 ? ARENA_FIRST_REGION : last + REGION_NEXT, region);
  store32(ARENA_LAST_REGION, region);
  return idOf(REGION, region);
}

/** Takes a region out of all files at once. What is charged there can still be returned. */
export function unregisterRegion(agent: u32, id: u32, generation: u32): i32 {
  if (!lock(agent)) return BUSY;
  const region = regionOf(id, generation);
  const result = region == 0 ? regionCondition(id, generation) : unregister(region);
  unlock();
  return result;
}

function unregister(region: Address): i32 {
  const next = load32(region + REGION_NEXT);
  const previous = load32(region + REGION_PREVIOUS);
  put32(previous == 0 ? ARENA_FIRST_REGION : previous + REGION_NEXT, next);
  store32(next == 0 ? ARENA_LAST_REGION : next + REGION_PREVIOUS, previous);
  put32(region + REGION_STATE, REGION_UNREGISTERED);
  store32(region + REGION_POOLS, load32(region + REGION_POOLS) + 1); // ours, while its pools go
  detachPools(region);
  dropRegion(region);
  return OK;
}

/** Gives up one pool of `region`; an unregistered one without pools is freed. */
export function dropRegion(region: Address): void {
  const pools = load32(region + REGION_POOLS) - 1;
  store32(region + REGION_POOLS, pools);
  if (pools != 0 || load32(region + REGION_STATE) != REGION_UNREGISTERED) return;
  freeRegion(region);
}

/** The generation comes first, so that no handle outlives the record. */
export function freeRegion(region: Address): void {
  put32(region + REGION_GENERATION, load32(region + REGION_GENERATION) + 1);
  put32(region + REGION_STATE, REGION_FREE);
  release(REGION, region);
}
