import { DmemError, isErrorCode } from "../../src/core/errors.ts";
import { TraceError } from "../../src/trace/trace-error.ts";
import { Random } from "../property/random.ts";

/** Something that takes what others give it. */
export interface Target {
  readonly name: string;
  /** Why it is left out; `null`: it is not. */
  readonly missing?: string | null;
  /** Makes one input and takes it. Throws what is documented for a bad one; whatever else it throws is a bug. */
  take(random: Random): void;
  /** Puts away what the inputs have left. */
  close?(): void;
}

/** How often inputs ended in each way: `taken`, or the name and code of the error. */
export type Tally = Map<string, number>;

export interface Effort {
  readonly seed: number;
  readonly count: number;
  /** Is told the seed of each input before it is taken. */
  readonly before?: (seed: number) => void;
}

/** Has the target take `count` inputs, made from as many seeds that follow each other. Names the one that fails. */
export function fuzz(target: Target, { seed, count, before }: Effort): Tally {
  const tally: Tally = new Map();
  for (let i = 0; i < count; i++) {
    const own = (seed + i) >>> 0;
    before?.(own);
    const end = outcome(target, own);
    tally.set(end, (tally.get(end) ?? 0) + 1);
  }
  return tally;
}

function outcome(target: Target, seed: number): string {
  try {
    target.take(new Random(seed));
    return "taken";
  } catch (error) {
    if (isDocumented(error)) return `${error.name} ${"code" in error ? error.code : ""}`.trim();
    const shown = error instanceof Error ? error.stack : String(error);
    throw new Error(`${replay(target.name, seed)}\n${shown}`, { cause: error });
  }
}

/** The command that takes one input again. */
export function replay(name: string, seed: number): string {
  return `npm run fuzz -- ${name} --count 1 --seed ${seed}`;
}

/** Whether it is one of the errors that a user is told to expect. */
export function isDocumented(error: unknown): error is Error {
  if (error instanceof DmemError || error instanceof TraceError) return true;
  if (!(error instanceof RangeError || error instanceof TypeError)) return false;
  return "code" in error && isErrorCode(String(error.code));
}

/** Complains about what must be so. */
export function require(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence);
}
