import { STORE } from "../../../assembly/access.ts";
import { type Access, perform } from "./access.ts";
import type { Sharing } from "./sharing.ts";
import type { Words } from "./words.ts";

/** Plain stores of one agent that nobody else sees yet: they are seen in their order, each at any later moment. */
export class StoreBuffer {
  readonly #agent: number;
  readonly #words: Words;
  readonly #sharing: Sharing;
  /** The oldest first. */
  waiting: readonly Access[] = [];

  constructor(agent: number, { words, sharing }: { words: Words; sharing: Sharing }) {
    this.#agent = agent;
    this.#words = words;
    this.#sharing = sharing;
  }

  push(store: Access): void {
    this.waiting = [...this.waiting, store];
    this.settle();
  }

  /** What the agent itself sees at an address that it stored to. */
  newest(address: number): number | undefined {
    return this.waiting.findLast((store) => store.address === address)?.value;
  }

  /** The oldest is seen. */
  flush(): void {
    const [first, ...rest] = this.waiting;
    if (first === undefined) return;
    perform(this.#words, first);
    this.waiting = rest;
  }

  /** Those first in line that nobody else notices are as good as seen. */
  settle(): void {
    while (this.waiting[0] !== undefined && !this.#isNoticed(this.waiting[0])) this.flush();
  }

  #isNoticed({ address }: Access): boolean {
    return this.#sharing.isNoticed(this.#agent, STORE, address);
  }
}
