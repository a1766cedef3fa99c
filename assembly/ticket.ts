// Tickets: bytes on their way from one agent to another. Until a ticket is adopted they are the giver's.

import {
  ACCOUNT_AGENT,
  ACCOUNT_NEXT,
  ACCOUNT_POOL,
  AGENT_FIRST_ACCOUNT,
  AGENT_FIRST_TICKET,
  BAD_AMOUNT,
  BUSY,
  GONE,
  NO_SLOT,
  NOT_HELD,
  RULE_UNCHARGE_CLAMPS,
  SPENT,
  TICKET,
  TICKET_BYTES,
  TICKET_FREE,
  TICKET_GENERATION,
  TICKET_GIVER,
  TICKET_NEXT,
  TICKET_OPEN,
  TICKET_POOL,
  TICKET_PREVIOUS,
  TICKET_STATE,
  TICKET_STRIDE,
} from "./abi";
import { accountOf, begin, finish, holdings, isPresent, isUnderWay, missing } from "./account";
import { amountOf, NO_AMOUNT } from "./amount";
import { lock, unlock } from "./lock";
import { rule } from "./page-counter";
import { addressOf, allocate, base, end, idOf, release } from "./slots";
import { settleRoom } from "./stock";
import { Address, load32, load64, put32, store32, store64 } from "./sync";

/** Takes `bytes` out of an account and lays them down in a ticket. @returns its id, or a status */
export function handOver(agentId: u32, accountId: u32, stamp: u32, bytes: f64): i32 {
  const account = accountOf(accountId);
  if (account == 0) return missing(accountId);
  const amount = amountOf(bytes);
  if (amount == NO_AMOUNT || amount == 0) return BAD_AMOUNT;
  if (!isPresent(load32(account + ACCOUNT_POOL), stamp)) return GONE;
  if (holdings(account) < amount) return NOT_HELD;
  if (!lock(agentId)) return BUSY;
  const ticket = allocate(TICKET);
  if (ticket != 0) {
    const charged = begin(account, 0 - amount);
    open(ticket, account, amount);
    finish(account, charged - amount);
    settleRoom(account);
  }
  unlock();
  return ticket == 0 ? NO_SLOT - TICKET : idOf(TICKET, ticket);
}

/** Takes the bytes of a ticket for the same pool into this account. @returns how many, or a status */
export function adopt(agentId: u32, accountId: u32, stamp: u32, id: u32, generation: u32): f64 {
  const account = accountOf(accountId);
  if (account == 0) return missing(accountId);
  if (!isPresent(load32(account + ACCOUNT_POOL), stamp)) return GONE;
  if (!lock(agentId)) return BUSY;
  const ticket = addressOf(TICKET, id);
  let bytes: f64 = SPENT;
  if (ticket != 0 && isOpen(ticket, generation, load32(account + ACCOUNT_POOL))) {
    bytes = <f64>load64(ticket + TICKET_BYTES);
    takeInto(account, ticket);
    settleRoom(account);
  }
  unlock();
  return bytes;
}

function isOpen(ticket: Address, generation: u32, pool: Address): bool {
  if (load32(ticket + TICKET_STATE) != TICKET_OPEN || load32(ticket + TICKET_GENERATION) != generation) return false;
  return load32(ticket + TICKET_POOL) == pool;
}

function open(ticket: Address, account: Address, amount: u64): void {
  const giver = load32(account + ACCOUNT_AGENT);
  const first = load32(giver + AGENT_FIRST_TICKET);
  store64(ticket + TICKET_BYTES, amount);
  store32(ticket + TICKET_POOL, load32(account + ACCOUNT_POOL));
  store32(ticket + TICKET_GIVER, giver);
  store32(ticket + TICKET_PREVIOUS, 0);
  store32(ticket + TICKET_NEXT, first);
  if (first != 0) store32(first + TICKET_PREVIOUS, ticket);
  put32(ticket + TICKET_STATE, TICKET_OPEN);
  put32(giver + AGENT_FIRST_TICKET, ticket);
}

/** Back into its giver's account, under the lock; not while that is in the middle of something. */
export function takeBack(ticket: Address): void {
  const pool = load32(ticket + TICKET_POOL);
  let account: Address = load32(load32(ticket + TICKET_GIVER) + AGENT_FIRST_ACCOUNT);
  while (account != 0 && load32(account + ACCOUNT_POOL) != pool) account = load32(account + ACCOUNT_NEXT);
  if (account != 0 && !isUnderWay(account)) takeInto(account, ticket);
}

/**
 * Spends the open tickets of a pool that is about to be freed, under the lock. There are some only if more was returned
 * than was charged: their bytes are part of the usage otherwise.
 */
export function spendTickets(pool: Address): void {
  if (!rule(RULE_UNCHARGE_CLAMPS)) return;
  const last = end(TICKET);
  for (let ticket = base(TICKET); ticket < last; ticket += TICKET_STRIDE) {
    if (load32(ticket + TICKET_STATE) == TICKET_OPEN && load32(ticket + TICKET_POOL) == pool) closeTicket(ticket);
  }
}

/** The bytes are charged already: they only change hands. */
function takeInto(account: Address, ticket: Address): void {
  const amount = load64(ticket + TICKET_BYTES);
  const charged = begin(account, amount);
  closeTicket(ticket);
  finish(account, charged + amount);
}

/** Takes a ticket out of its giver's list, under the lock. */
export function closeTicket(ticket: Address): void {
  const next = load32(ticket + TICKET_NEXT);
  const previous = load32(ticket + TICKET_PREVIOUS);
  put32(previous == 0 ? load32(ticket + TICKET_GIVER) + AGENT_FIRST_TICKET : previous + TICKET_NEXT, next);
  if (next != 0) store32(next + TICKET_PREVIOUS, previous);
  put32(ticket + TICKET_GENERATION, load32(ticket + TICKET_GENERATION) + 1);
  put32(ticket + TICKET_STATE, TICKET_FREE);
  release(TICKET, ticket);
}
