import { type Access, isWrite, YIELD } from "./access.ts";

/**
 * Who touches which word. An access commutes with whatever others do, if none of those who still run writes that word,
 * or touches it at all where the access itself writes: nothing is lost if an agent is never stopped before it. Who
 * touches what is found out by exploring: a discovery begins the search anew.
 */
export class Sharing {
  /** A bit for each agent, by word. */
  readonly #readers: Uint8Array;
  readonly #writers: Uint8Array;
  /** The agents that still run. */
  running = 0xff;
  /** Somebody was seen to touch a word that others touch: what was explored until now did not know that. */
  isNew = false;

  constructor(bytes: number) {
    this.#readers = new Uint8Array(bytes >>> 2);
    this.#writers = new Uint8Array(bytes >>> 2);
  }

  /** Whether others can notice an access, or what it gives depends on others. */
  isNoticed(agent: number, what: number, address: number): boolean {
    return what >= YIELD || (this.#rivals(what, address >>> 2) & this.running & ~(1 << agent)) !== 0;
  }

  #rivals(what: number, word: number): number {
    const writers = this.#writers[word] as number;
    return isWrite(what) ? writers | (this.#readers[word] as number) : writers;
  }

  /** Notes an access that was not known of. @returns whether others can notice it */
  note(agent: number, { what, address }: Access): boolean {
    if (what >= YIELD) return true;
    const word = address >>> 2;
    const users = isWrite(what) ? this.#writers : this.#readers;
    const bit = 1 << agent;
    if (((users[word] as number) & bit) === 0) {
      users[word] = (users[word] as number) | bit;
      if ((this.#rivals(what, word) & ~bit) !== 0) this.isNew = true;
    }
    return this.isNoticed(agent, what, address);
  }

  /** How many words one agent writes and another touches. */
  get words(): number {
    let count = 0;
    for (const [word, writers] of this.#writers.entries()) {
      const users = writers | (this.#readers[word] as number);
      if (writers !== 0 && (users & (users - 1)) !== 0) count++;
    }
    return count;
  }
}
