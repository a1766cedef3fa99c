// Recovery: what becomes of an agent that died, at whatever instruction. Whoever finds it dead, by means that are the
// library's, clears up after it: its lock is taken over, what it held is returned, its slot is free again.
//
// Every step is one that may be the last one, too: what is half done is done again by the next one who comes.

import {
  AGENT,
  AGENT_DEAD,
  AGENT_FREE,
  AGENT_GENERATION,
  AGENT_STATE,
  ARENA_LOCK,
  BAD_ID,
  BUSY,
  OK,
  UNSETTLED,
} from "./abi";
import { closeAccounts, closeTickets, collectAccounts, retire } from "./agent";
import { lock, tokenOf, unlock } from "./lock";
import { repair } from "./repair";
import { openGate, settle } from "./settlement";
import { addressOf } from "./slots";
import { get32, load32, put32, replace32 } from "./sync";

/**
 * Takes the lock of a dead owner over, whose token is what was read of its word, completes or undoes what it was in the
 * middle of, and unlocks.
 *
 * @returns OK, or BUSY: somebody else has done so
 */
export function takeOver(agent: u32, token: u32): i32 {
  if (tokenOf(agent) == 0) return BAD_ID;
  if (replace32(ARENA_LOCK, token, tokenOf(agent)) != token) return BUSY;
  repair();
  openGate();
  unlock();
  return OK;
}

/**
 * Returns everything that a dead agent held, to the byte, and frees its slot. `generation` was read before the agent
 * was found dead, so that a living one that has the slot by now is left alone.
 *
 * UNSETTLED: a living agent is in the middle of a charge; nobody begins another one until this was called again and
 * succeeded, or `postpone` was called.
 *
 * @returns OK or a status
 */
export function recover(agentId: u32, id: u32, generation: u32): i32 {
  const agent = addressOf(AGENT, id);
  if (agent == 0) return BAD_ID;
  if (get32(ARENA_LOCK) != tokenOf(agentId) && !lock(agentId)) return BUSY;
  if (load32(agent + AGENT_GENERATION) == generation && load32(agent + AGENT_STATE) != AGENT_FREE) {
    put32(agent + AGENT_STATE, AGENT_DEAD);
    const isSettled = settle();
    closeTickets(agent);
    if (!closeAccounts(agent) || !isSettled) return UNSETTLED;
    collectAccounts(agent);
    retire(agent);
  }
  postpone();
  return OK;
}

/** Lets everybody charge again and unlocks. What is not settled yet stays charged until the next `recover`. */
export function postpone(): void {
  openGate();
  unlock();
}
