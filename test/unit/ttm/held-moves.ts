import { setImmediate } from "node:timers/promises";
import type { Move } from "../../../src/ttm/index.ts";

export interface HeldMove {
  readonly move: Move;
  readonly signal: AbortSignal | undefined;
  /** Lets it arrive, and everybody hear of it. */
  end(): Promise<void>;
  /** The same with a move that fails. */
  fail(error: unknown): Promise<void>;
}

/** Asynchronous moves that take until the test says so. */
export class HeldMoves {
  /** In the order in which they were begun. */
  readonly all: HeldMove[] = [];

  /** A driver's `moveAsync`. */
  readonly start = (move: Move, signal: AbortSignal | undefined): Promise<void> => {
    return new Promise((resolve, reject) => {
      const end = async () => {
        resolve();
        await heard();
      };
      const fail = async (error: unknown) => {
        reject(error);
        await heard();
      };
      this.all.push({ move, signal, end, fail });
    });
  };

  get last(): HeldMove {
    const last = this.all.at(-1);
    if (last === undefined) throw new Error("no move was begun");
    return last;
  }
}

/** Whoever waits for what has happened has gone on. */
export async function heard(): Promise<void> {
  await setImmediate();
}
