import type { Spread } from "./statistics.ts";
import type { Bound } from "./targets.ts";

// What a run leaves behind, as --json writes it. A document or a chart is made of this and nothing else.

/** Median and spread are over the rounds. */
export interface Figure extends Spread {
  readonly name: string;
  /** `"ns"` an operation, `"bytes"`, `"ms"`. */
  readonly unit: string;
  readonly rounds: number;
  readonly target?: Bound;
  readonly isMet?: boolean;
}

/** How a case stands to a baseline: below 1 it is better. */
export interface Ratio {
  readonly name: string;
  readonly against: string;
  /** `null`: the baseline was left out. */
  readonly ratio: Spread | null;
  readonly target?: Bound;
  /** `null`: nobody can tell. */
  readonly isMet?: boolean | null;
}

export interface SuiteResult {
  readonly suite: string;
  readonly figures: readonly Figure[];
  readonly ratios: readonly Ratio[];
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  /** `null`: there is none. */
  readonly compiler: string | null;
  /** Programs that wanted to run, averaged over the last minute, when the run began. */
  readonly load: number;
}

export interface Report {
  readonly machine: Machine;
  readonly command: string;
  readonly date: string;
  readonly isSmall: boolean;
  readonly suites: readonly SuiteResult[];
}
