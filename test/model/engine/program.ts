import type { Capacity } from "../../../src/core/capacity.ts";
import type { Answers } from "./actor.ts";
import type { Tenant } from "./tenant.ts";
import type { World } from "./world.ts";

/** A few agents, each with a few calls, and what must hold however they interleave. */
export interface Program {
  readonly name: string;
  readonly capacity?: Partial<Capacity>;
  readonly options?: number;
  /** Bits RULE_*: where it is to behave as Linux 7.3; none by default. */
  readonly rules?: number;
  /** Prepares the arena, and says what each agent does then. */
  prepare(world: World): readonly ((me: Tenant) => void)[];
  /**
   * Answers that calls may give: "any"; "sequential": those that some order of whole calls gives;
   * "refusals": the same, but that charges near a limit may be refused though they would have fitted.
   */
  readonly answers?: "any" | "sequential" | "refusals";
  /** What must hold in the end, besides what holds in every arena at rest. */
  check?(world: World, answers: readonly Answers[]): void;
  /** Whether usage may be above a limit in the end: it was charged whatever the limits, or the limit was lowered. */
  readonly mayExceed?: boolean;
  /** Agents that may die, each at any moment; one a run. */
  readonly mortals?: readonly number[];
  /** The most switches away from an agent that could have gone on; without it, any number. */
  readonly preemptions?: number;
  /** Whether plain stores may be seen late, as processors have it. */
  readonly buffered?: boolean;
}
