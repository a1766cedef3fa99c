import { inspect, isDeepStrictEqual } from "node:util";
import { excuse, LeftOut } from "./left-out.ts";
import { BadInput, type Operation } from "./operation.ts";
import type { Scenario } from "./vectors.ts";

/** What an operation did, in the words of the vectors: `exp` and what stands beside it. */
export type Observed = Readonly<Record<string, unknown>>;

/** Plays the operations of one scenario, from nothing. */
export interface Player {
  /**
   * Does one operation.
   *
   * @throws {LeftOut} if it cannot be asked for
   * @throws {BadInput} if it makes no sense
   */
  play(operation: Operation): Observed;
  /** Says in what the whole state differs from the one that the vector tells, or `null`. */
  difference(operation: Operation): string | null;
  close(): void;
}

/** A kind of scenario. */
export interface Kind {
  /** The names of its operations. */
  readonly operations: readonly string[];
  /** The keys of an operation that `play` answers; one that is absent in the vector must be absent in the answer. */
  readonly answers: readonly string[];
  open(scenario: Scenario): Player;
}

export interface Outcome {
  readonly scenario: Scenario;
  readonly verdict: "passed" | "failed" | "skipped";
  /** What failed, or what was left out and why. Empty if passed. */
  readonly reason: string;
}

type Finding =
  | { readonly verdict: "failed"; readonly reason: string; readonly crashed: boolean }
  | { readonly verdict: "skipped"; readonly reason: string; readonly stop: boolean };

/** Plays a scenario up to its first difference. It counts as skipped if any of it was left out. */
export function replay(scenario: Scenario, kind: Kind): Outcome {
  const player = kind.open(scenario);
  let outcome: Outcome = { scenario, verdict: "passed", reason: "" };
  try {
    for (const operation of scenario.operations) {
      const finding = step(player, kind, operation);
      if (finding === null) continue;
      const final = excused(finding, scenario, operation);
      outcome = { scenario, verdict: final.verdict, reason: `${at(operation)}: ${final.reason}` };
      if (final.verdict === "failed" || final.stop) break;
    }
  } finally {
    player.close();
  }
  return outcome;
}

/** What becomes of a difference that may be. A crash may never be. */
function excused(finding: Finding, scenario: Scenario, operation: Operation): Finding {
  if (finding.verdict === "skipped" || finding.crashed) return finding;
  const found = excuse(scenario, operation);
  return found === null ? finding : { verdict: "skipped", ...found, reason: `${found.reason} (${finding.reason})` };
}

function step(player: Player, kind: Kind, operation: Operation): Finding | null {
  const observed = attempt(player, operation);
  if (observed instanceof LeftOut) return { verdict: "skipped", reason: observed.message, stop: true };
  if (observed instanceof Error) return { verdict: "failed", reason: `threw ${observed.stack}`, crashed: true };
  const differences = kind.answers
    .filter((key) => !isDeepStrictEqual(operation.json[key], observed[key]))
    .map((key) => `${key}: expected ${shown(operation.json[key])}, got ${shown(observed[key])}`);
  const state = player.difference(operation);
  if (state !== null) differences.push(state);
  return differences.length === 0 ? null : { verdict: "failed", reason: differences.join("; "), crashed: false };
}

function attempt(player: Player, operation: Operation): Observed | Error {
  try {
    return player.play(operation);
  } catch (error) {
    if (error instanceof BadInput || !(error instanceof Error)) throw error;
    return error;
  }
}

function at(operation: Operation): string {
  return `operation ${operation.index} (${operation.name})`;
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : inspect(value, { breakLength: Infinity, depth: 9, maxArrayLength: 40 });
}
