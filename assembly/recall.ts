// Stocks as others see them: how much is ahead below a pool, and how it is had back, off the shelves and out of hands.

import {
  ACCOUNT_AGENT,
  ACCOUNT_NEXT_STOCKED,
  ACCOUNT_POOL,
  ACCOUNT_SEQUENCE,
  ACCOUNT_SHELF,
  ACCOUNT_STOCK,
  AGENT,
  AGENT_NEEDS,
  AGENT_STRIDE,
  AGENT_TAKING,
  ARENA_FIRST_STOCKED,
  ARENA_NEEDS,
  BAD_ID,
  BUSY,
  DETACHED,
  OFFLINE,
  OK,
  POOL_MAX,
  POOL_STAMP,
  POOL_USAGE,
  SHELF_RECALLED,
} from "./abi";
import { isUnderWay } from "./account";
import { lock, owner, unlock } from "./lock";
import { unchargeUp } from "./page-counter";
import { free, livePool } from "./pool";
import { isBelow } from "./protection";
import { addressOf, base, end } from "./slots";
import { giveBack, pickUp } from "./stock";
import { Address, get32, get64, load32, put32, replace32, store32 } from "./sync";

/** Looks for a moment in which no agent with a stock is in the middle of an operation. */
const MOMENT_TRIES = isDefined(MODEL) ? 1 : 64;

/** Bytes of the usage of a pool that are stock, of whichever agent. Negative: a status. */
export function stockOf(agent: u32, poolId: u32): f64 {
  if (!lock(agent)) return BUSY;
  const sum = stockBelow(livePool(poolId));
  unlock();
  return <f64>sum;
}

/**
 * Whether `bytes` might fit into a pool if all stocks below it were returned. No is certain: usage and stocks were seen
 * in one moment, between two operations of all agents that keep one. Where no such moment is found the answer is yes.
 *
 * @returns 0, 1 or a status
 */
export function mightFit(agent: u32, poolId: u32, bytes: f64): i32 {
  if (!lock(agent)) return BUSY;
  const top = livePool(poolId);
  let answer = top == 0 ? 0 : 1;
  for (let tries = 0; tries < MOMENT_TRIES && top != 0; tries++) {
    const before = operationsBelow(top);
    if (isAnyUnderWay(top)) continue;
    const usage = get64(top + POOL_USAGE);
    const stock = stockBelow(top);
    if (isAnyUnderWay(top) || operationsBelow(top) != before) continue;
    if (usage + <u64>bytes > stock + get64(top + POOL_MAX)) answer = 0;
    break;
  }
  unlock();
  return answer;
}

function stockBelow(top: Address): u64 {
  let sum: u64 = 0;
  for (let account = load32(ARENA_FIRST_STOCKED); account != 0; account = load32(account + ACCOUNT_NEXT_STOCKED)) {
    if (!isWithin(account, top)) continue;
    const shelf = get32(account + ACCOUNT_SHELF);
    sum += <i32>shelf >= 0 ? shelf : load32(account + ACCOUNT_STOCK);
  }
  return sum;
}

/** How many operations the accounts with a stock below `top` have done. */
function operationsBelow(top: Address): u64 {
  let count: u64 = 0;
  for (let account = load32(ARENA_FIRST_STOCKED); account != 0; account = load32(account + ACCOUNT_NEXT_STOCKED)) {
    if (isWithin(account, top)) count += load32(account + ACCOUNT_SEQUENCE);
  }
  return count;
}

/** Whether one of them is in the middle of an operation. To be asked within two counts that are the same. */
function isAnyUnderWay(top: Address): bool {
  for (let account = load32(ARENA_FIRST_STOCKED); account != 0; account = load32(account + ACCOUNT_NEXT_STOCKED)) {
    if (isWithin(account, top) && isUnderWay(account)) return true;
  }
  return false;
}

function isWithin(account: Address, top: Address): bool {
  const pool = load32(account + ACCOUNT_POOL);
  return pool == top || isBelow(pool, top);
}

/**
 * Returns all stocks below a pool: this agent's own and what lies on shelves at once; the others are recalled.
 *
 * @returns how many are still in somebody's hands, or a status
 */
export function gatherStock(agentId: u32, poolId: u32): i32 {
  const agent = addressOf(AGENT, agentId);
  if (agent == 0) return BAD_ID;
  if (!lock(agentId)) return BUSY;
  const top = livePool(poolId);
  let outstanding = 0;
  for (let account = load32(ARENA_FIRST_STOCKED); account != 0; account = load32(account + ACCOUNT_NEXT_STOCKED)) {
    if (load32(account + ACCOUNT_SHELF) == 0 || !isWithin(account, top)) continue;
    if (load32(account + ACCOUNT_AGENT) == agent) {
      if (pickUp(account)) giveBack(account);
    } else if (!takeOrRecall(account)) outstanding++;
    free(load32(account + ACCOUNT_POOL));
  }
  unlock();
  return outstanding;
}

/** Returns or recalls the stocks that are kept for pools that were retired, under the lock. */
export function recallRetired(): void {
  for (let account = load32(ARENA_FIRST_STOCKED); account != 0; account = load32(account + ACCOUNT_NEXT_STOCKED)) {
    if ((get32(load32(account + ACCOUNT_POOL) + POOL_STAMP) & (OFFLINE | DETACHED)) != 0) takeOrRecall(account);
  }
}

/**
 * Takes another agent's stock off its shelf, and notes where, for whoever has to clear up after this one.
 *
 * @returns whether nothing of it is left; otherwise it is recalled now
 */
function takeOrRecall(account: Address): bool {
  const pool = load32(account + ACCOUNT_POOL);
  const taking = owner() + AGENT_TAKING;
  for (;;) {
    const shelf = get32(account + ACCOUNT_SHELF);
    if (shelf == 0) return true;
    if (shelf == <u32>SHELF_RECALLED) return false;
    const isTaken = <i32>shelf > 0;
    if (isTaken) store32(taking, pool);
    if (replace32(account + ACCOUNT_SHELF, shelf, isTaken ? 0 : <u32>SHELF_RECALLED) != shelf) continue;
    if (isTaken) unchargeUp(pool, shelf);
    store32(taking, 0);
    return isTaken;
  }
}

/** From now on no stock is kept while `agent` wants stocks returned, until it says that it does not any more. */
export function need(agentId: u32, isNeeded: bool): i32 {
  const agent = addressOf(AGENT, agentId);
  if (agent == 0) return BAD_ID;
  if (!lock(agentId)) return BUSY;
  store32(agent + AGENT_NEEDS, isNeeded ? 1 : 0);
  recountNeeds();
  unlock();
  return OK;
}

/** How many agents want stocks returned, under the lock. */
export function recountNeeds(): void {
  let count: u32 = 0;
  const last = end(AGENT);
  for (let agent = base(AGENT); agent < last; agent += AGENT_STRIDE) count += load32(agent + AGENT_NEEDS);
  put32(ARENA_NEEDS, count);
}
