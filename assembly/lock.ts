// The structure lock: for making and removing records, never for charging. Its word is the id of the agent that holds
// it, so that a dead owner can be told from a slow one.

import { ARENA_LOCK, ARENA_LOCK_WAITERS } from "./abi";
import { get32, put32, replace32, wake } from "./sync";

/** Tries before the caller is asked to wait; the critical sections are a few hundred instructions long. */
const SPINS = isDefined(MODEL) ? 1 : 200;

/** Takes the lock, or gives up after a few tries: the library waits then, in whatever way its thread may. */
export function lock(agent: u32): bool {
  for (let i = 0; i < SPINS; i++) {
    if (get32(ARENA_LOCK) == 0 && replace32(ARENA_LOCK, 0, agent) == 0) return true;
  }
  return false;
}

export function unlock(): void {
  put32(ARENA_LOCK, 0);
  if (get32(ARENA_LOCK_WAITERS) != 0) wake(ARENA_LOCK);
}
