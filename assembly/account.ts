// Accounts: what this agent holds of a pool. Every charge of the library goes through one, so that usage is at any
// quiet moment the sum of what the agents hold, and so that what a dead agent held can be found and returned.

import {
  ACCOUNT,
  ACCOUNT_AGENT,
  ACCOUNT_BATCH,
  ACCOUNT_CHARGED,
  ACCOUNT_INTENDED,
  ACCOUNT_NEXT,
  ACCOUNT_POOL,
  ACCOUNT_ROOM,
  ACCOUNT_SEQUENCE,
  ACCOUNT_SHELF,
  ACCOUNT_SHIFT,
  ACCOUNT_STOCK,
  ACCOUNT_USE,
  AGENT,
  AGENT_FIRST_ACCOUNT,
  ARENA_GATE,
  ARENA_RECORDS,
  BAD_ID,
  BUSY,
  GONE,
  NO_SLOT,
  OK,
  POOL_STAMP,
  SLOTS_CAPACITY,
  STAMP_SHIFT,
} from "./abi";
import { lock, unlock } from "./lock";
import { unchargeUp } from "./page-counter";
import { livePool } from "./pool";
import { addressOf, allocate, available, word } from "./slots";
import { callBack } from "./stock";
import { Address, load32, load64, put32, store32, store64 } from "./sync";

/** Opens this agent's account for a pool slot; it stays open until the agent detaches. @returns its id, or a status */
export function openAccount(agentId: u32, poolId: u32): i32 {
  const agent = addressOf(AGENT, agentId);
  if (agent == 0) return BAD_ID;
  if (!lock(agentId)) return BUSY;
  const pool = livePool(poolId);
  const account = pool == 0 ? 0 : allocate(ACCOUNT);
  if (account != 0) {
    store64(account + ACCOUNT_CHARGED, 0);
    store64(account + ACCOUNT_INTENDED, 0);
    store32(account + ACCOUNT_SEQUENCE, 0);
    store32(account + ACCOUNT_STOCK, 0);
    store32(account + ACCOUNT_ROOM, 0);
    store32(account + ACCOUNT_SHELF, 0);
    store32(account + ACCOUNT_BATCH, 0);
    store32(account + ACCOUNT_AGENT, agent);
    store32(account + ACCOUNT_NEXT, load32(agent + AGENT_FIRST_ACCOUNT));
    store32(account + ACCOUNT_USE, load32(pool + POOL_STAMP) >>> STAMP_SHIFT);
    put32(account + ACCOUNT_POOL, pool);
    put32(agent + AGENT_FIRST_ACCOUNT, account);
  }
  unlock();
  if (pool == 0) return GONE;
  return account == 0 ? NO_SLOT - ACCOUNT : <i32>(account >>> ACCOUNT_SHIFT);
}

/** Whether the agent has an account for a pool slot, or can open one. Looks for it only if all are in use. */
export function canOpen(agentId: u32, pool: Address): bool {
  if (available(ACCOUNT) != 0) return true;
  let account: Address = load32(addressOf(AGENT, agentId) + AGENT_FIRST_ACCOUNT);
  while (account != 0 && load32(account + ACCOUNT_POOL) != pool) account = load32(account + ACCOUNT_NEXT);
  return account != 0;
}

/**
 * Turns to the present use of the account's pool slot: of an earlier one nothing is held any more.
 *
 * @returns OK or a status
 */
export function renewAccount(id: u32): i32 {
  const account = accountAt(id);
  if (account == 0) return BAD_ID;
  const use = load32(load32(account + ACCOUNT_POOL) + POOL_STAMP) >>> STAMP_SHIFT;
  if (load32(account + ACCOUNT_USE) == use) return OK;
  store64(account + ACCOUNT_INTENDED, 0);
  store64(account + ACCOUNT_CHARGED, 0);
  store32(account + ACCOUNT_STOCK, 0);
  store32(account + ACCOUNT_ROOM, 0);
  put32(account + ACCOUNT_USE, use);
  callBack(account);
  return OK;
}

/**
 * The record of an account if it is in use and may charge now, otherwise 0, and `missing` says why. Accounts lie at the
 * beginning of the arena, so that one comparison tells whether an id is one and the gate is open.
 */
export function accountOf(id: u32): Address {
  return find(id, load32(ARENA_GATE));
}

/** The record of an account if it is in use, otherwise 0. */
function accountAt(id: u32): Address {
  return find(id, load<u32>(word(ACCOUNT, SLOTS_CAPACITY)));
}

function find(id: u32, accounts: u32): Address {
  const account: Address = id << ACCOUNT_SHIFT;
  if (id - (ARENA_RECORDS >>> ACCOUNT_SHIFT) >= accounts) return 0;
  return load32(account + ACCOUNT_POOL) == 0 ? 0 : account;
}

/**
 * BUSY if the gate was closed, while what a dead agent left behind is told from what the living do; it may be open
 * again by now. Otherwise there is no such account.
 */
export function missing(id: u32): i32 {
  return accountAt(id) != 0 ? BUSY : BAD_ID;
}

/** Whether a handle's stamp is of the use of the pool slot that the account is for now; flags may differ. */
export function isPresent(pool: Address, stamp: u32): bool {
  return (load32(pool + POOL_STAMP) ^ stamp) < 1 << STAMP_SHIFT;
}

/** What the agent itself holds: without its stock. */
export function holdings(account: Address): u64 {
  return load64(account + ACCOUNT_CHARGED) - load32(account + ACCOUNT_STOCK);
}

/** Bytes that this account holds of the pool that `stamp` means, or a status. */
export function held(id: u32, stamp: u32): f64 {
  const account = accountAt(id);
  if (account == 0) return BAD_ID;
  return isPresent(load32(account + ACCOUNT_POOL), stamp) ? <f64>holdings(account) : 0;
}

/**
 * Notes what is about to happen: whoever has to clear up after this agent sees by the difference that something was
 * under way.
 *
 * @returns what was charged until now, for `finish`
 */
export function begin(account: Address, gain: u64): u64 {
  const charged = load64(account + ACCOUNT_CHARGED);
  store64(account + ACCOUNT_INTENDED, charged + gain);
  return charged;
}

/**
 * Notes what has happened: this much is charged now. The count comes first: who saw the account at rest before the
 * operation and sees it at rest behind it must see by the count that there was one.
 */
export function finish(account: Address, charged: u64): void {
  store32(account + ACCOUNT_SEQUENCE, load32(account + ACCOUNT_SEQUENCE) + 1);
  store64(account + ACCOUNT_CHARGED, charged);
}

/** Notes that nothing has happened in the end. */
export function abandon(account: Address, charged: u64): void {
  store32(account + ACCOUNT_SEQUENCE, load32(account + ACCOUNT_SEQUENCE) + 1);
  store64(account + ACCOUNT_INTENDED, charged);
}

/** Whether something was begun and is not finished. */
export function isUnderWay(account: Address): bool {
  return load64(account + ACCOUNT_INTENDED) != load64(account + ACCOUNT_CHARGED);
}

/** Returns all that is charged, for whoever clears up. The stock went before. */
export function returnAll(account: Address): void {
  const charged = load64(account + ACCOUNT_CHARGED);
  if (charged == 0) return;
  begin(account, 0 - charged);
  unchargeUp(load32(account + ACCOUNT_POOL), charged);
  finish(account, 0);
}
