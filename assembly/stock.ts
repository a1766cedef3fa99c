// Stocks: bytes that an agent charges ahead through the whole hierarchy, so that it can serve small charges from them
// by plain loads and stores on a line of its own.
//
// No other agent can touch a stock that is in use: a taker would need a fence in every hit to be safe. So a stock has a
// shelf. While its agent is at work the stock is in its hands; at the end of its turn, before the thread can sleep, the
// agent puts it down, and from then on whoever needs it takes it off the shelf by one compare-and-swap. A stock in
// somebody's hands can only be recalled: the agent sees that at its next charge or at the end of its turn, whichever
// comes first, and returns all of it. (The idea of a stock: Linux mm/memcontrol.c.)

import {
  ACCOUNT_BATCH,
  ACCOUNT_CHARGED,
  ACCOUNT_INTENDED,
  ACCOUNT_NEXT_STOCKED,
  ACCOUNT_POOL,
  ACCOUNT_ROOM,
  ACCOUNT_SHELF,
  ACCOUNT_STOCK,
  ACCOUNT_USE,
  ARENA_FIRST_STOCKED,
  ARENA_NEEDS,
  ARENA_RETURNS,
  BAD_AMOUNT,
  BATCH_MAX,
  BUSY,
  COLLECTABLE,
  NOT_HELD,
  OK,
  POOL_STAMP,
  RULE_UNCHARGE_CLAMPS,
  SHELF_RECALLED,
  STAMP_SHIFT,
} from "./abi";
import { abandon, accountOf, begin, finish, holdings, missing } from "./account";
import { amountOf, NO_AMOUNT } from "./amount";
import { isCollectable, tryChargeFor, unchargeFor } from "./charge";
import { lock, unlock } from "./lock";
import { rule, tryChargeUp, unchargeUp } from "./page-counter";
import { free } from "./pool";
import { Address, add32, get32, load32, load64, put32, replace32, store32, store64, wakeAll } from "./sync";

/** Keeps a stock from now on, `batch` bytes at a time; 0: returns it and keeps none. @returns OK or a status */
export function keepStock(agent: u32, id: u32, batch: u32): i32 {
  const account = accountOf(id);
  if (account == 0) return missing(id);
  if (batch > <u32>BATCH_MAX) return BAD_AMOUNT;
  if (!lock(agent)) return BUSY;
  if (batch == 0) endStock(account);
  else if (load32(account + ACCOUNT_BATCH) == 0) {
    store32(account + ACCOUNT_NEXT_STOCKED, load32(ARENA_FIRST_STOCKED));
    put32(ARENA_FIRST_STOCKED, account);
  }
  store32(account + ACCOUNT_BATCH, batch);
  settleRoom(account);
  free(load32(account + ACCOUNT_POOL));
  unlock();
  return OK;
}

/** Returns the stock of an account of this agent and strikes it off the list, under the lock. */
export function endStock(account: Address): void {
  if (load32(account + ACCOUNT_BATCH) == 0) return;
  if (pickUp(account)) giveBack(account);
  let link: Address = ARENA_FIRST_STOCKED;
  while (load32(link) != account) link = load32(link) + ACCOUNT_NEXT_STOCKED;
  put32(link, load32(account + ACCOUNT_NEXT_STOCKED));
  store32(account + ACCOUNT_BATCH, 0);
}

/** How large a stock may become by what is returned: up to two batches, and never more than there is. */
export function settleRoom(account: Address): void {
  const most = (<u64>load32(account + ACCOUNT_BATCH)) << 1;
  store32(account + ACCOUNT_ROOM, <u32>min<u64>(most, load64(account + ACCOUNT_CHARGED)));
}

/** `tryCharge` with a stock that did not suffice, or was not at hand: charges what is lacking, and a batch with it. */
export function tryChargeAhead(id: u32, stamp: u32, bytes: f64): i32 {
  const account = accountOf(id);
  if (account == 0) return missing(id);
  const amount = amountOf(bytes);
  if (amount == NO_AMOUNT) return BAD_AMOUNT;
  if (!isAtHand(account, stamp)) return tryChargeFor(account, stamp, amount);
  const stock: u64 = load32(account + ACCOUNT_STOCK);
  if (amount <= stock) {
    store32(account + ACCOUNT_STOCK, <u32>(stock - amount));
    return OK;
  }
  const batch = load32(account + ACCOUNT_BATCH);
  let result = refill(account, stamp, amount - stock, batch);
  if (result > 0) result = refill(account, stamp, amount - stock, 0);
  settleRoom(account);
  return result;
}

/**
 * Charges what is lacking and as much for the stock. That part of it is stock is noted before the operation is done:
 * who looks for what would fit with all stocks returned must never see it as held.
 */
function refill(account: Address, stamp: u32, lacking: u64, stock: u32): i32 {
  const charged = begin(account, lacking + stock);
  const result = tryChargeUp(load32(account + ACCOUNT_POOL), stamp, lacking + stock);
  if (result == OK) {
    store32(account + ACCOUNT_STOCK, stock);
    finish(account, charged + lacking + stock);
  } else abandon(account, charged);
  return result;
}

/** `uncharge` with a stock that has become too large, or was not at hand: a batch of it stays. */
export function unchargeAhead(id: u32, stamp: u32, bytes: f64): i32 {
  const account = accountOf(id);
  if (account == 0) return missing(id);
  const amount = amountOf(bytes);
  if (amount == NO_AMOUNT) return BAD_AMOUNT;
  if (!isAtHand(account, stamp)) return unchargeFor(account, stamp, amount);
  if (holdings(account) < amount) {
    return rule(RULE_UNCHARGE_CLAMPS) ? unchargeFor(account, stamp, amount) : NOT_HELD;
  }
  const stock = load32(account + ACCOUNT_STOCK) + amount;
  const batch = load32(account + ACCOUNT_BATCH);
  const excess = stock > (<u64>batch) << 1 ? stock - batch : 0;
  if (excess != 0) {
    const charged = begin(account, 0 - excess);
    unchargeUp(load32(account + ACCOUNT_POOL), excess);
    store32(account + ACCOUNT_STOCK, batch);
    finish(account, charged - excess);
  } else store32(account + ACCOUNT_STOCK, <u32>stock);
  settleRoom(account);
  return OK;
}

/** Puts a stock down at the end of a turn; one that was recalled goes back. @returns OK, COLLECTABLE or a status */
export function shelve(id: u32): i32 {
  const account = accountOf(id);
  if (account == 0) return missing(id);
  const token = tokenOf(account);
  const shelf = replace32(account + ACCOUNT_SHELF, token, load32(account + ACCOUNT_STOCK));
  if (shelf == <u32>SHELF_RECALLED) giveBack(account);
  return isCollectable(load32(account + ACCOUNT_POOL)) ? COLLECTABLE : OK;
}

/** What the shelf shows while the account's agent has the stock in hand: of another use of the slot it differs. */
function tokenOf(account: Address): u32 {
  return ~load32(account + ACCOUNT_USE);
}

/**
 * Whether the stock is in this agent's hands now, for the use of the slot that `stamp` means, and may be used. Stamp
 * and needs are read after the stock was picked up: whoever retires the pool, or needs stocks returned, says so first
 * and then recalls what is in use.
 */
function isAtHand(account: Address, stamp: u32): bool {
  if (load32(account + ACCOUNT_USE) != stamp >>> STAMP_SHIFT || load32(account + ACCOUNT_BATCH) == 0) return false;
  if (!pickUp(account)) return false;
  if (get32(load32(account + ACCOUNT_POOL) + POOL_STAMP) == stamp && get32(ARENA_NEEDS) == 0) return true;
  giveBack(account);
  return false;
}

/**
 * Takes the stock off its shelf, with what others left of it. @returns false if it was recalled: then it went back
 */
export function pickUp(account: Address): bool {
  const token = tokenOf(account);
  for (;;) {
    const shelf = get32(account + ACCOUNT_SHELF);
    if (shelf == token) return true;
    if (shelf == <u32>SHELF_RECALLED) {
      giveBack(account);
      return false;
    }
    const charged = load64(account + ACCOUNT_CHARGED) - (load32(account + ACCOUNT_STOCK) - shelf);
    store64(account + ACCOUNT_INTENDED, charged); // before the shelf stops telling what was taken
    if (replace32(account + ACCOUNT_SHELF, shelf, token) != shelf) continue; // somebody took it: it is 0 now
    store32(account + ACCOUNT_STOCK, shelf);
    finish(account, charged);
    settleRoom(account);
    return true;
  }
}

/**
 * Returns the stock that is in this agent's hands. If it was recalled, that is announced; an agent that waits for
 * others gives its own back each time it tries again, and must not wake itself by that.
 */
export function giveBack(account: Address): void {
  const stock: u64 = load32(account + ACCOUNT_STOCK);
  if (stock != 0) {
    const charged = begin(account, 0 - stock);
    unchargeUp(load32(account + ACCOUNT_POOL), stock);
    store32(account + ACCOUNT_STOCK, 0);
    finish(account, charged - stock);
  }
  settleRoom(account);
  const token = tokenOf(account);
  if (replace32(account + ACCOUNT_SHELF, token, 0) != token) callBack(account);
}

/** Tells whoever has recalled this stock that there is none any more. */
export function callBack(account: Address): void {
  put32(account + ACCOUNT_SHELF, 0);
  add32(ARENA_RETURNS, 1);
  wakeAll(ARENA_RETURNS);
}
