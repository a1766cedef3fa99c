// Settlement: what a dead agent was in the middle of, when it cannot be told how far it came. Whatever a level's usage
// shows beyond what is known to be held there is what the dead have left behind, and is taken off.
//
// What is known must be seen in one moment, between two operations of all that live. The gate keeps them from beginning
// new ones meanwhile. An operation that was let in before the gate closed shows in its account before it shows in a
// usage, so it is waited for; one that is late to notice the gate shows in the account's sequence.

import {
  ACCOUNT,
  ACCOUNT_AGENT,
  ACCOUNT_CHARGED,
  ACCOUNT_INTENDED,
  ACCOUNT_POOL,
  ACCOUNT_SEQUENCE,
  ACCOUNT_SHELF,
  ACCOUNT_STOCK,
  ACCOUNT_STRIDE,
  ACCOUNT_USE,
  AGENT,
  AGENT_DEAD,
  AGENT_STATE,
  AGENT_STRIDE,
  AGENT_TAKING,
  ARENA_GATE,
  POOL_PARENT,
  POOL_STAMP,
  POOL_USAGE,
  SLOTS_CAPACITY,
  STAMP_SHIFT,
  TICKET,
  TICKET_BYTES,
  TICKET_OPEN,
  TICKET_POOL,
  TICKET_STATE,
  TICKET_STRIDE,
} from "./abi";
import { isUnderWay } from "./account";
import { isBelow } from "./protection";
import { base, end, word } from "./slots";
import { callBack } from "./stock";
import { Address, get32, get64, load32, load64, put32, store32, store64, sub64 } from "./sync";

/** Looks for a quiet moment before the caller is asked to wait. */
const MOMENT_TRIES = isDefined(MODEL) ? 1 : 64;

export function openGate(): void {
  put32(ARENA_GATE, load<u32>(word(ACCOUNT, SLOTS_CAPACITY)));
}

/** Settles all that dead agents were in the middle of, under the lock. @returns whether that was possible by now */
export function settle(): bool {
  const lastAccount = end(ACCOUNT);
  const lastAgent = end(AGENT);
  let isSettled = true;
  for (let account = base(ACCOUNT); account < lastAccount; account += ACCOUNT_STRIDE) {
    if (isLost(account)) isSettled = settleUp(load32(account + ACCOUNT_POOL)) && isSettled;
  }
  for (let agent = base(AGENT); agent < lastAgent; agent += AGENT_STRIDE) {
    if (isDead(agent)) isSettled = settleUp(load32(agent + AGENT_TAKING)) && isSettled;
  }
  if (!isSettled) return false;
  for (let account = base(ACCOUNT); account < lastAccount; account += ACCOUNT_STRIDE) {
    if (isLost(account)) clear(account);
  }
  for (let agent = base(AGENT); agent < lastAgent; agent += AGENT_STRIDE) {
    if (isDead(agent)) store32(agent + AGENT_TAKING, 0);
  }
  return true;
}

function isDead(agent: Address): bool {
  return load32(agent + AGENT_STATE) == AGENT_DEAD;
}

/** Whether its agent died in the middle of an operation on it, so that what it says is not what is charged. */
function isLost(account: Address): bool {
  return load32(account + ACCOUNT_POOL) != 0 && isUnderWay(account) && isDead(load32(account + ACCOUNT_AGENT));
}

/** Nothing of it is charged any more. As long as one of its words is left it is still lost, and settled again. */
function clear(account: Address): void {
  store32(account + ACCOUNT_STOCK, 0);
  store64(account + ACCOUNT_CHARGED, 0);
  store64(account + ACCOUNT_INTENDED, 0);
  callBack(account);
}

function settleUp(pool: Address): bool {
  for (; pool != 0; pool = load32(pool + POOL_PARENT)) {
    if (!settleAt(pool)) return false;
  }
  return true;
}

/** Takes what the dead have left behind off this level. Doing so again finds nothing. */
function settleAt(pool: Address): bool {
  put32(ARENA_GATE, 0);
  for (let tries = 0; tries < MOMENT_TRIES; tries++) {
    const before = operationsBelow(pool);
    if (isAnyUnderWay(pool)) continue;
    const known = heldBelow(pool) + ticketsBelow(pool);
    const usage = get64(pool + POOL_USAGE);
    if (isAnyUnderWay(pool) || operationsBelow(pool) != before) continue;
    if (usage > known) sub64(pool + POOL_USAGE, usage - known);
    return true;
  }
  return false;
}

/**
 * How many operations the accounts below `top` have done. Those of an earlier use of a slot, too: a charge that comes
 * late shows in the usage until it has backed out.
 */
function operationsBelow(top: Address): u64 {
  let count: u64 = 0;
  const last = end(ACCOUNT);
  for (let account = base(ACCOUNT); account < last; account += ACCOUNT_STRIDE) {
    if (isLivingBelow(account, top)) count += get32(account + ACCOUNT_SEQUENCE);
  }
  return count;
}

/** Whether one of them is in the middle of an operation. To be asked within two counts that are the same. */
function isAnyUnderWay(top: Address): bool {
  const last = end(ACCOUNT);
  for (let account = base(ACCOUNT); account < last; account += ACCOUNT_STRIDE) {
    if (isLivingBelow(account, top) && isUnderWay(account)) return true;
  }
  return false;
}

function isLivingBelow(account: Address, top: Address): bool {
  const pool = load32(account + ACCOUNT_POOL);
  return pool != 0 && isWithin(pool, top) && !isLost(account);
}

/** What accounts hold below `top`, of the stock only what others have left on the shelf. */
function heldBelow(top: Address): u64 {
  let sum: u64 = 0;
  const last = end(ACCOUNT);
  for (let account = base(ACCOUNT); account < last; account += ACCOUNT_STRIDE) {
    if (!counts(account, top)) continue;
    const shelf = get32(account + ACCOUNT_SHELF);
    const taken = <i32>shelf >= 0 ? load32(account + ACCOUNT_STOCK) - shelf : 0;
    sum += load64(account + ACCOUNT_CHARGED) - taken;
  }
  return sum;
}

function ticketsBelow(top: Address): u64 {
  let sum: u64 = 0;
  const last = end(TICKET);
  for (let ticket = base(TICKET); ticket < last; ticket += TICKET_STRIDE) {
    if (load32(ticket + TICKET_STATE) != TICKET_OPEN || !isWithin(load32(ticket + TICKET_POOL), top)) continue;
    sum += load64(ticket + TICKET_BYTES);
  }
  return sum;
}

/** Whether this account holds something below `top` and it is known how much, or will be in a moment. */
function counts(account: Address, top: Address): bool {
  if (!isLivingBelow(account, top)) return false;
  return load32(account + ACCOUNT_USE) == get32(load32(account + ACCOUNT_POOL) + POOL_STAMP) >>> STAMP_SHIFT;
}

function isWithin(pool: Address, top: Address): bool {
  return pool == top || isBelow(pool, top);
}
