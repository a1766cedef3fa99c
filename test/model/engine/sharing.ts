import { type Access, isWrite, YIELD } from "./access.ts";

/**
 * Which words the agents of a program share: those that one writes and another touches. All other accesses commute with
 * whatever others do, so that nothing is lost if an agent is never stopped before them. Which words those are is found
 * out by exploring: a discovery begins the search anew.
 */
export class Sharing {
  readonly #readers: Uint8Array;
  readonly #writers: Uint8Array;
  readonly #shared: Uint8Array;
  /** A word has turned out to be shared: what was explored until now took it for one agent's own. */
  isNew = false;

  constructor(bytes: number) {
    this.#readers = new Uint8Array(bytes >>> 2);
    this.#writers = new Uint8Array(bytes >>> 2);
    this.#shared = new Uint8Array(bytes >>> 2);
  }

  isNoticed(what: number, address: number): boolean {
    return what >= YIELD || this.#shared[address >>> 2] === 1;
  }

  /** Notes an access. @returns whether others can notice it, or what it gives depends on others */
  note(agent: number, { what, address }: Access): boolean {
    if (this.isNoticed(what, address)) return true;
    const word = address >>> 2;
    const users = isWrite(what) ? this.#writers : this.#readers;
    users[word] = (users[word] as number) | (1 << agent);
    const all = (this.#writers[word] as number) | (this.#readers[word] as number);
    if (this.#writers[word] === 0 || (all & (all - 1)) === 0) return false;
    this.#shared[word] = 1;
    this.isNew = true;
    return true;
  }

  get words(): number {
    return this.#shared.reduce((sum, isShared) => sum + isShared, 0);
  }
}
