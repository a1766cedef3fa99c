// Agents: one for each attached thread or process. Whatever an agent holds is found from its record.

import {
  ACCOUNT,
  ACCOUNT_AGENT,
  ACCOUNT_NEXT,
  ACCOUNT_POOL,
  ACCOUNT_STRIDE,
  ACCOUNT_USE,
  AGENT,
  AGENT_ANSWER,
  AGENT_ASKER,
  AGENT_ATTACHED,
  AGENT_FIRST_ACCOUNT,
  AGENT_FIRST_TICKET,
  AGENT_FREE,
  AGENT_GENERATION,
  AGENT_NEEDS,
  AGENT_PROCESS,
  AGENT_RECLAIMS,
  AGENT_REQUEST,
  AGENT_STATE,
  AGENT_TAKING,
  AGENT_THREAD,
  BAD_ID,
  BUSY,
  GONE,
  IN_USE,
  OK,
  POOL_STAMP,
  SLOTS_USED,
  STAMP_SHIFT,
  TICKET_NEXT,
} from "./abi";
import { isUnderWay, returnAll } from "./account";
import { lock, unlock } from "./lock";
import { free } from "./pool";
import { recountNeeds } from "./recall";
import { addressOf, base, end, release, word } from "./slots";
import { endStock } from "./stock";
import { Address, load32, put32, store32 } from "./sync";
import { takeBack } from "./ticket";

/**
 * Begins to use the slot that the caller has claimed.
 *
 * @returns OK or a status; IN_USE: its last agent was not cleared up after
 */
export function attach(id: u32, process: u32, thread: u32): i32 {
  const agent = addressOf(AGENT, id);
  if (agent == 0) return BAD_ID;
  if (load32(agent + AGENT_STATE) != AGENT_FREE) return IN_USE;
  if (!lock(id)) return BUSY;
  store32(agent + AGENT_PROCESS, process);
  store32(agent + AGENT_THREAD, thread);
  store32(agent + AGENT_FIRST_ACCOUNT, 0);
  store32(agent + AGENT_FIRST_TICKET, 0);
  store32(agent + AGENT_TAKING, 0);
  store32(agent + AGENT_NEEDS, 0);
  store32(agent + AGENT_RECLAIMS, 0);
  store32(agent + AGENT_ASKER, 0);
  store32(agent + AGENT_ANSWER, load32(agent + AGENT_REQUEST));
  put32(agent + AGENT_STATE, AGENT_ATTACHED);
  store32(word(AGENT, SLOTS_USED), load32(word(AGENT, SLOTS_USED)) + 1);
  unlock();
  return OK;
}

/**
 * Returns everything that the agent holds, open tickets included, and gives its slot back.
 *
 * @param generation as it was when it attached: if it was taken for dead, its slot may be another one's
 * @returns OK or a status
 */
export function detach(id: u32, generation: u32): i32 {
  const agent = addressOf(AGENT, id);
  if (agent == 0) return BAD_ID;
  if (load32(agent + AGENT_GENERATION) != generation || load32(agent + AGENT_STATE) != AGENT_ATTACHED) return GONE;
  if (!lock(id)) return BUSY;
  closeTickets(agent);
  closeAccounts(agent);
  retire(agent);
  unlock();
  return OK;
}

/** Gives the slot of an agent that holds nothing any more back. The generation comes first: no handle outlives it. */
export function retire(agent: Address): void {
  store32(agent + AGENT_NEEDS, 0);
  recountNeeds();
  put32(agent + AGENT_GENERATION, load32(agent + AGENT_GENERATION) + 1);
  put32(agent + AGENT_STATE, AGENT_FREE);
  store32(word(AGENT, SLOTS_USED), load32(word(AGENT, SLOTS_USED)) - 1);
}

/** Takes the bytes of all its open tickets back, but for those whose account is in the middle of something. */
export function closeTickets(agent: Address): void {
  let ticket: Address = load32(agent + AGENT_FIRST_TICKET);
  while (ticket != 0) {
    const next = load32(ticket + TICKET_NEXT);
    takeBack(ticket);
    ticket = next;
  }
}

/**
 * Returns what its accounts hold and frees them, but for those that are in the middle of something: it is not known yet
 * how much they hold. Each step leaves the books right, should it be the last one.
 *
 * @returns whether none is left
 */
export function closeAccounts(agent: Address): bool {
  let isEmpty = true;
  let link = agent + AGENT_FIRST_ACCOUNT;
  for (let account = load32(link); account != 0; account = load32(link)) {
    if (isUnderWay(account)) {
      isEmpty = false;
      link = account + ACCOUNT_NEXT;
    } else close(account, link);
  }
  return isEmpty;
}

function close(account: Address, link: Address): void {
  const pool = load32(account + ACCOUNT_POOL);
  endStock(account);
  if (load32(account + ACCOUNT_USE) == load32(pool + POOL_STAMP) >>> STAMP_SHIFT) returnAll(account);
  put32(link, load32(account + ACCOUNT_NEXT));
  put32(account + ACCOUNT_POOL, 0);
  release(ACCOUNT, account);
  free(pool);
}

/** Frees accounts that are in nobody's list: their agent died while it opened or closed them, so they are empty. */
export function collectAccounts(agent: Address): void {
  const last = end(ACCOUNT);
  for (let account = base(ACCOUNT); account < last; account += ACCOUNT_STRIDE) {
    if (load32(account + ACCOUNT_POOL) == 0 || load32(account + ACCOUNT_AGENT) != agent) continue;
    put32(account + ACCOUNT_POOL, 0);
    release(ACCOUNT, account);
  }
}
