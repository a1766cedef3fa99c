import { constants } from "node:os";
import type { Liveness } from "./liveness.ts";
import type { Native } from "./native.ts";
import { requireDone, systemError } from "./system-error.ts";

/** Locks lie behind the end of any arena, so that they mean the same whatever its layout. */
const FIRST_BYTE = 2 ** 32;
/** An id that no agent has: they begin at 1. */
const NO_AGENT = 0;
/** More than there can be agents. */
const ALL_AGENTS = 2 ** 31;
/** What fcntl answers if another open file has the lock. */
const { EAGAIN, EACCES } = constants.errno;

/**
 * Shows by a lock on one byte of a file that an agent is there.
 *
 * The lock belongs to an open file that only this object has. The system closes it when the thread or its process ends,
 * also by SIGKILL or `worker.terminate()`, and not before: whoever is stopped is there. Unlike a process id it is never
 * somebody else's. (fcntl(2), open file description locks.)
 *
 * Concurrency: agents of one process do not see each other's locks through one object, so each has its own.
 */
export class ByteLocks implements Liveness {
  readonly #native: Native;
  readonly #claimed = new Set<number>();
  #held: number;

  /** @param descriptor for reading and writing, of an open file that nothing else uses; may be closed then */
  constructor(native: Native, descriptor: number) {
    this.#native = native;
    this.#held = native.hold(descriptor);
    if (this.#held < 0) throw systemError(this.#held, "The file of an arena cannot be kept open");
  }

  claim(agent: number): boolean {
    if (!this.#lock(agent, 1)) return false;
    this.#claimed.add(agent);
    return true;
  }

  release(agent: number): void {
    if (!this.#claimed.delete(agent)) return;
    requireDone(this.#native.unlock(this.#held, FIRST_BYTE + agent, 1), "A lock cannot be released");
  }

  isAlive(agent: number): boolean {
    return this.#claimed.has(agent) || this.#isLocked(agent);
  }

  /** Takes the places of all agents at once, so that nobody is there and nobody can come; `false`: somebody is. */
  closeOff(): boolean {
    return this.#lock(NO_AGENT, ALL_AGENTS);
  }

  /** Whether somebody has done that. */
  get isClosedOff(): boolean {
    return this.#isLocked(NO_AGENT);
  }

  /** Gives up all claims. */
  close(): void {
    this.#claimed.clear();
    if (this.#held >= 0) this.#native.drop(this.#held);
    this.#held = -1;
  }

  #lock(first: number, count: number): boolean {
    return isFree(this.#native.lock(this.#held, FIRST_BYTE + first, count), "A lock cannot be taken");
  }

  #isLocked(agent: number): boolean {
    return !isFree(this.#native.probe(this.#held, FIRST_BYTE + agent, 1), "A lock cannot be looked at");
  }
}

/** Reads an answer of the addon. */
function isFree(errno: number, sentence: string): boolean {
  if (errno === EAGAIN || errno === EACCES) return false;
  requireDone(errno, sentence);
  return true;
}
