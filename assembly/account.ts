// Accounts: what this agent holds of a pool. Every charge of the library goes through one, so that usage is at any
// quiet moment the sum of what the agents hold, and so that what a dead agent held can be found and returned.

import {
  ACCOUNT,
  ACCOUNT_AGENT,
  ACCOUNT_HELD,
  ACCOUNT_NEXT,
  ACCOUNT_PENDING,
  ACCOUNT_POOL,
  ACCOUNT_SEQUENCE,
  ACCOUNT_SHIFT,
  ACCOUNT_STOCK,
  ACCOUNT_USE,
  AGENT,
  AGENT_FIRST_ACCOUNT,
  BAD_AMOUNT,
  BAD_ID,
  BUSY,
  COLLECTABLE,
  DETACHED,
  GONE,
  NO_SLOT,
  NOT_HELD,
  OFFLINE,
  OK,
  POOL_STAMP,
  POOL_USAGE,
  RULE_UNCHARGE_CLAMPS,
  STAMP_SHIFT,
} from "./abi";
import { amountOf, NO_AMOUNT } from "./amount";
import { lock, unlock } from "./lock";
import { chargeUp, rule, tryChargeUp, unchargeUp } from "./page-counter";
import { livePool } from "./pool";
import { addressOf, allocate, contains } from "./slots";
import { Address, get32, load32, load64, put32, store32, store64 } from "./sync";

/** Opens this agent's account for a pool slot; it stays open until the agent detaches. @returns its id, or a status */
export function openAccount(agentId: u32, poolId: u32): i32 {
  const agent = addressOf(AGENT, agentId);
  if (agent == 0) return BAD_ID;
  if (!lock(agentId)) return BUSY;
  const pool = livePool(poolId);
  const account = pool == 0 ? 0 : allocate(ACCOUNT);
  if (account != 0) {
    store64(account + ACCOUNT_HELD, 0);
    store64(account + ACCOUNT_STOCK, 0);
    store64(account + ACCOUNT_PENDING, 0);
    store32(account + ACCOUNT_SEQUENCE, 0);
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

/**
 * Turns to the present use of the account's pool slot: of an earlier one nothing is held any more.
 *
 * @returns OK or a status
 */
export function renewAccount(id: u32): i32 {
  const account = accountOf(id);
  if (account == 0) return BAD_ID;
  const use = load32(load32(account + ACCOUNT_POOL) + POOL_STAMP) >>> STAMP_SHIFT;
  if (load32(account + ACCOUNT_USE) == use) return OK;
  store64(account + ACCOUNT_HELD, 0);
  store32(account + ACCOUNT_USE, use);
  return OK;
}

/** The record of an id that is in use, or 0. */
export function accountOf(id: u32): Address {
  const account = id << ACCOUNT_SHIFT;
  if (id >= 1 << (32 - ACCOUNT_SHIFT) || !contains(ACCOUNT, account)) return 0;
  return load32(account + ACCOUNT_POOL) == 0 ? 0 : account;
}

/**
 * Charges `bytes` to the account's pool and all its ancestors, or to none. `stamp` is the pool that the caller means.
 *
 * @returns OK, the id of the pool that refused, or a status
 */
export function tryCharge(id: u32, stamp: u32, bytes: f64): i32 {
  const account = accountOf(id);
  if (account == 0) return BAD_ID;
  const amount = amountOf(bytes);
  if (amount == NO_AMOUNT) return BAD_AMOUNT;
  begin(account, amount);
  const result = tryChargeUp(load32(account + ACCOUNT_POOL), stamp, amount);
  finish(account, result == OK ? amount : 0);
  return result;
}

/** The same whatever the limits. @returns OK or a status */
export function charge(id: u32, stamp: u32, bytes: f64): i32 {
  const account = accountOf(id);
  if (account == 0) return BAD_ID;
  const amount = amountOf(bytes);
  if (amount == NO_AMOUNT) return BAD_AMOUNT;
  begin(account, amount);
  const result = chargeUp(load32(account + ACCOUNT_POOL), stamp, amount);
  finish(account, result == OK ? amount : 0);
  return result;
}

/** Returns `bytes` that this account holds. @returns OK, COLLECTABLE or a status */
export function uncharge(id: u32, stamp: u32, bytes: f64): i32 {
  const account = accountOf(id);
  if (account == 0) return BAD_ID;
  const amount = amountOf(bytes);
  if (amount == NO_AMOUNT) return BAD_AMOUNT;
  const pool = load32(account + ACCOUNT_POOL);
  if ((load32(pool + POOL_STAMP) ^ stamp) >>> STAMP_SHIFT != 0) return amount == 0 ? OK : GONE;
  const held = load64(account + ACCOUNT_HELD);
  if (held < amount && !rule(RULE_UNCHARGE_CLAMPS)) return NOT_HELD;
  begin(account, 0 - amount);
  unchargeUp(pool, amount);
  finish(account, 0 - min<u64>(held, amount));
  return isCollectable(pool) ? COLLECTABLE : OK;
}

/** Bytes that this account holds of the pool that `stamp` means, or a status. */
export function held(id: u32, stamp: u32): f64 {
  const account = accountOf(id);
  if (account == 0) return BAD_ID;
  if ((load32(load32(account + ACCOUNT_POOL) + POOL_STAMP) ^ stamp) >>> STAMP_SHIFT != 0) return 0;
  return <f64>load64(account + ACCOUNT_HELD);
}

/** Notes what is about to happen: whoever has to clear up after this agent reads it. */
export function begin(account: Address, pending: u64): void {
  store64(account + ACCOUNT_PENDING, pending);
  store32(account + ACCOUNT_SEQUENCE, load32(account + ACCOUNT_SEQUENCE) + 1);
}

/** Notes what has happened. */
export function finish(account: Address, gained: u64): void {
  store64(account + ACCOUNT_HELD, load64(account + ACCOUNT_HELD) + gained);
  store32(account + ACCOUNT_SEQUENCE, load32(account + ACCOUNT_SEQUENCE) + 1);
}

function isCollectable(pool: Address): bool {
  return (get32(pool + POOL_STAMP) & (OFFLINE | DETACHED)) != 0 && load64(pool + POOL_USAGE) == 0;
}
