import type { Move } from "../../src/ttm/index.ts";
import type { Random } from "./random.ts";

interface Pending {
  readonly signal: AbortSignal | undefined;
  /** Nothing but the signal ends it. */
  readonly hangs: boolean;
  resolve(): void;
  reject(error: Error): void;
}

/** Moves that take as long as the test wants: they end one at a time, in any order, well or not. */
export class MoveScheduler {
  readonly #random: Random;
  #pending: Pending[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** How a driver moves. */
  start(_: Move, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ signal, hangs: signal !== undefined && this.#random.oneIn(10), resolve, reject });
    });
  }

  /**
   * Ends one of the moves; also one whose signal was aborted meanwhile, as a driver may do that does not look at it.
   */
  endOne(): void {
    const pending = this.#random.pick(this.#pending.filter(({ hangs }) => !hangs));
    if (pending === undefined) return;
    this.#pending = this.#pending.filter((each) => each !== pending);
    if (this.#random.oneIn(5)) pending.reject(new Error("the move failed"));
    else pending.resolve();
  }

  /** Whether it takes a signal to get on. */
  get hangs(): boolean {
    return this.#pending.every(({ hangs }) => hangs);
  }
}
