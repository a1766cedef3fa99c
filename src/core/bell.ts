import { AGENT, AGENT_BELL } from "../../assembly/abi.ts";
import type { Core } from "./core.ts";

/** How agents call each other to their event loops. A call may be lost or come for nothing: who waits looks himself. */
export interface Bell {
  /** Has `answer` called whenever this agent is wanted. Keeps nothing alive. */
  listen(answer: () => void): void;
  ring(agent: number): void;
  close(): void;
}

/** Among threads of one memory: a word of the agent, and who waits for it to change. */
export class ThreadBell implements Bell {
  readonly #core: Core;
  #isOpen = false;

  constructor(core: Core) {
    this.#core = core;
  }

  listen(answer: () => void): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#wait(answer);
  }

  ring(agent: number): void {
    const at = this.#at(agent);
    Atomics.add(this.#core.words, at, 1);
    Atomics.notify(this.#core.words, at);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.ring(this.#core.agent); // what waits for it is over
  }

  #wait(answer: () => void): void {
    const { words, agent } = this.#core;
    const at = this.#at(agent);
    const { async, value } = Atomics.waitAsync(words, at, Atomics.load(words, at));
    const next = () => {
      if (!this.#isOpen) return;
      this.#wait(answer);
      answer();
    };
    if (async) void value.then(next);
    else setImmediate(next).unref(); // it rang in this moment
  }

  #at(agent: number): number {
    return (this.#core.addressOf(AGENT, agent) + AGENT_BELL) / 4;
  }
}
