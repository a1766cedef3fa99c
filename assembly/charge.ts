// Charging: what an agent does through its account. Every function has two doors: an amount below 2^32 crosses the
// border as an integer, which needs no check; any other as a double. This is what a program does all day, so nothing
// is done here that the answer does not need.

import {
  ACCOUNT_POOL,
  BAD_AMOUNT,
  COLLECTABLE,
  DETACHED,
  GONE,
  NOT_HELD,
  OFFLINE,
  OK,
  POOL_STAMP,
  POOL_USAGE,
  RULE_UNCHARGE_CLAMPS,
} from "./abi";
import { abandon, accountOf, begin, finish, holdings, isPresent, missing } from "./account";
import { amountOf, NO_AMOUNT } from "./amount";
import { chargeUp, rule, tryChargeUp, unchargeUp } from "./page-counter";
import { settleRoom } from "./stock";
import { Address, get32, load32, load64 } from "./sync";

/**
 * Charges `bytes` to the account's pool and all its ancestors, or to none. `stamp` is the use of the pool slot that the
 * caller means.
 *
 * @returns OK, the id of the pool that refused, or a status
 */
export function tryCharge(id: u32, stamp: u32, bytes: u32): i32 {
  const account = accountOf(id);
  return account == 0 ? missing(id) : tryChargeFor(account, stamp, bytes);
}

export function tryChargeLarge(id: u32, stamp: u32, bytes: f64): i32 {
  const account = accountOf(id);
  if (account == 0) return missing(id);
  const amount = amountOf(bytes);
  return amount == NO_AMOUNT ? BAD_AMOUNT : tryChargeFor(account, stamp, amount);
}

export function tryChargeFor(account: Address, stamp: u32, amount: u64): i32 {
  const charged = begin(account, amount);
  const result = tryChargeUp(load32(account + ACCOUNT_POOL), stamp, amount);
  if (result == OK) finish(account, charged + amount);
  else abandon(account, charged);
  return result;
}

/** Charges whatever the limits say. @returns OK or a status */
export function charge(id: u32, stamp: u32, bytes: f64): i32 {
  const account = accountOf(id);
  if (account == 0) return missing(id);
  const amount = amountOf(bytes);
  if (amount == NO_AMOUNT) return BAD_AMOUNT;
  const charged = begin(account, amount);
  const result = chargeUp(load32(account + ACCOUNT_POOL), stamp, amount);
  if (result == OK) finish(account, charged + amount);
  else abandon(account, charged);
  settleRoom(account);
  return result;
}

/** Returns `bytes` that this account holds. @returns OK, COLLECTABLE or a status */
export function uncharge(id: u32, stamp: u32, bytes: u32): i32 {
  const account = accountOf(id);
  return account == 0 ? missing(id) : unchargeFor(account, stamp, bytes);
}

export function unchargeLarge(id: u32, stamp: u32, bytes: f64): i32 {
  const account = accountOf(id);
  if (account == 0) return missing(id);
  const amount = amountOf(bytes);
  return amount == NO_AMOUNT ? BAD_AMOUNT : unchargeFor(account, stamp, amount);
}

export function unchargeFor(account: Address, stamp: u32, amount: u64): i32 {
  const pool = load32(account + ACCOUNT_POOL);
  if (!isPresent(pool, stamp)) return amount == 0 ? OK : GONE;
  const held = holdings(account);
  let gone = amount;
  if (held < amount) {
    if (!rule(RULE_UNCHARGE_CLAMPS)) return NOT_HELD;
    gone = held;
  }
  const charged = begin(account, 0 - gone);
  unchargeUp(pool, amount);
  finish(account, charged - gone);
  return isCollectable(pool) ? COLLECTABLE : OK;
}

/** Whether the pool was retired and has become empty: then its slot can be freed. */
export function isCollectable(pool: Address): bool {
  return (get32(pool + POOL_STAMP) & (OFFLINE | DETACHED)) != 0 && load64(pool + POOL_USAGE) == 0;
}
