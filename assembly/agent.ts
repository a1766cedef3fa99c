// Agents: one for each attached thread or process. Whatever an agent holds is found from its record.

import {
  ACCOUNT,
  ACCOUNT_CHARGED,
  ACCOUNT_INTENDED,
  ACCOUNT_NEXT,
  ACCOUNT_POOL,
  ACCOUNT_USE,
  AGENT,
  AGENT_ATTACHED,
  AGENT_FIRST_ACCOUNT,
  AGENT_FIRST_TICKET,
  AGENT_FREE,
  AGENT_GENERATION,
  AGENT_PROCESS,
  AGENT_STATE,
  AGENT_THREAD,
  BAD_ID,
  BUSY,
  NO_SLOT,
  OK,
  POOL_STAMP,
  STAMP_SHIFT,
  TICKET_BYTES,
  TICKET_POOL,
} from "./abi";
import { lock, unlock } from "./lock";
import { unchargeUp } from "./page-counter";
import { free } from "./pool";
import { addressOf, allocate, idOf, release } from "./slots";
import { endStock } from "./stock";
import { Address, load32, load64, put32, store32, store64 } from "./sync";
import { closeTicket } from "./ticket";

/** The lock's owner while an agent is being made: no agent has this id. */
const NEWCOMER: u32 = u32.MAX_VALUE;

/** Takes an agent slot. @returns its id, or a status */
export function attach(process: u32, thread: u32): i32 {
  if (!lock(NEWCOMER)) return BUSY;
  const agent = allocate(AGENT);
  if (agent != 0) {
    store32(agent + AGENT_PROCESS, process);
    store32(agent + AGENT_THREAD, thread);
    store32(agent + AGENT_FIRST_ACCOUNT, 0);
    store32(agent + AGENT_FIRST_TICKET, 0);
    put32(agent + AGENT_STATE, AGENT_ATTACHED);
  }
  unlock();
  return agent == 0 ? NO_SLOT - AGENT : idOf(AGENT, agent);
}

/** Returns everything that the agent holds, open tickets included, and gives its slot back. */
export function detach(id: u32): i32 {
  const agent = addressOf(AGENT, id);
  if (agent == 0 || load32(agent + AGENT_STATE) != AGENT_ATTACHED) return BAD_ID;
  if (!lock(id)) return BUSY;
  let ticket: Address = load32(agent + AGENT_FIRST_TICKET);
  while (ticket != 0) {
    giveBack(load32(ticket + TICKET_POOL), load64(ticket + TICKET_BYTES));
    closeTicket(ticket);
    ticket = load32(agent + AGENT_FIRST_TICKET);
  }
  closeAccounts(agent);
  put32(agent + AGENT_STATE, AGENT_FREE);
  put32(agent + AGENT_GENERATION, load32(agent + AGENT_GENERATION) + 1);
  release(AGENT, agent);
  unlock();
  return OK;
}

function closeAccounts(agent: Address): void {
  let account: Address = load32(agent + AGENT_FIRST_ACCOUNT);
  while (account != 0) {
    const next = load32(account + ACCOUNT_NEXT);
    const pool = load32(account + ACCOUNT_POOL);
    endStock(account);
    const isPresent = load32(account + ACCOUNT_USE) == load32(pool + POOL_STAMP) >>> STAMP_SHIFT;
    const charged = isPresent ? load64(account + ACCOUNT_CHARGED) : 0;
    store64(account + ACCOUNT_INTENDED, 0);
    store64(account + ACCOUNT_CHARGED, 0);
    put32(account + ACCOUNT_POOL, 0);
    giveBack(pool, charged);
    release(ACCOUNT, account);
    account = next;
  }
}

function giveBack(pool: Address, bytes: u64): void {
  if (bytes != 0) unchargeUp(pool, bytes);
  free(pool);
}
