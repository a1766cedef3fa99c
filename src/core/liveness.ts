import { readFileSync } from "node:fs";
import { AGENT, AGENT_LIVENESS } from "../../assembly/abi.ts";
import type { Core } from "./core.ts";

/** How the living are told from the dead. An agent's slot is claimed before it is used, and released after. */
export interface Liveness {
  /** Claims a slot for this thread, if nobody who lives has it. */
  claim(agent: number): boolean;
  release(agent: number): void;
  isAlive(agent: number): boolean;
}

/** In the word of an agent of which it cannot be known: it counts as living. */
const UNKNOWN = 0xffffffff;
const THREAD_BITS = 22; // Linux has no larger thread ids
const THREAD_IDS = 2 ** THREAD_BITS - 1;

/**
 * Threads of one process, told by what Linux says of them: a slot's word has the id of the thread that claimed it and
 * some bits of when that was started, as ids come again. Elsewhere every thread counts as living.
 */
export class ThreadLiveness implements Liveness {
  readonly #core: Core;
  readonly #self = ownToken();

  constructor(core: Core) {
    this.#core = core;
  }

  claim(agent: number): boolean {
    const at = this.#at(agent);
    const seen = Atomics.load(this.#core.words, at);
    if (lives(seen >>> 0)) return false;
    return Atomics.compareExchange(this.#core.words, at, seen, this.#self | 0) === seen;
  }

  release(agent: number): void {
    Atomics.store(this.#core.words, this.#at(agent), 0);
  }

  isAlive(agent: number): boolean {
    return lives(Atomics.load(this.#core.words, this.#at(agent)) >>> 0);
  }

  #at(agent: number): number {
    return (this.#core.addressOf(AGENT, agent) + AGENT_LIVENESS) / 4;
  }
}

function lives(token: number): boolean {
  if (token === 0 || token === UNKNOWN) return token !== 0;
  return tokenOf(token & THREAD_IDS) === token;
}

function ownToken(): number {
  return tokenIn("/proc/thread-self/stat") ?? UNKNOWN;
}

/** Of a thread of this process; `undefined` if it is no more. */
function tokenOf(thread: number): number | undefined {
  return tokenIn(`/proc/self/task/${thread}/stat`);
}

/** What a thread's file says of it. (proc(5): its id is field 1, its start time field 22.) */
function tokenIn(path: string): number | undefined {
  try {
    const stat = readFileSync(path, "latin1");
    const started = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    return ((started << THREAD_BITS) | Number.parseInt(stat, 10)) >>> 0;
  } catch {
    return undefined;
  }
}
