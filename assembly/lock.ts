// The structure lock: for making and removing records, never for charging. Its word names the agent that holds it, so
// that a dead owner can be told from a slow one, and from whoever has its slot by then.

import { AGENT, AGENT_BITS, AGENT_GENERATION, AGENT_IDS, ARENA_LOCK, ARENA_LOCK_WAITERS } from "./abi";
import { addressOf } from "./slots";
import { Address, get32, load32, put32, replace32, wake } from "./sync";

/** Tries before the caller is asked to wait; the critical sections are a few hundred instructions long. */
const SPINS = isDefined(MODEL) ? 1 : 200;

/** Takes the lock, or gives up after a few tries: the library waits then, in whatever way its thread may. */
export function lock(agent: u32): bool {
  const token = tokenOf(agent);
  if (token == 0) return false;
  for (let i = 0; i < SPINS; i++) {
    if (get32(ARENA_LOCK) == 0 && replace32(ARENA_LOCK, 0, token) == 0) return true;
  }
  return false;
}

export function unlock(): void {
  put32(ARENA_LOCK, 0);
  if (get32(ARENA_LOCK_WAITERS) != 0) wake(ARENA_LOCK);
}

/** What the word is while this agent holds the lock; 0 for an id that is none. */
export function tokenOf(agent: u32): u32 {
  const record = addressOf(AGENT, agent);
  return record == 0 ? 0 : (load32(record + AGENT_GENERATION) << AGENT_BITS) | agent;
}

/** The agent that holds the lock. */
export function owner(): Address {
  return addressOf(AGENT, get32(ARENA_LOCK) & AGENT_IDS);
}
