import { writeFileSync } from "node:fs";
import { IS_SMALL } from "./mode.ts";
import type { Figure, Ratio, SuiteResult } from "./result.ts";
import { ratios, spread } from "./statistics.ts";
import { time } from "./stopwatch.ts";
import { table } from "./table.ts";
import { isMet, targetOf } from "./targets.ts";

/** How many pairs of operations a call of most cases does, so that the call itself does not count. */
export const PAIRS = 1000;

/** An even number: half of them go through the cases backwards. */
const ROUNDS = IS_SMALL ? 2 : 10;

interface Named {
  readonly name: string;
  /** The names of the cases that this one is compared with. */
  readonly against?: readonly string[];
  /** Throws if the operations left the wrong state behind. */
  check(): void;
}

/** A case that is called again and again. */
export interface TimedCase extends Named {
  /** How many operations a call does; PAIRS if it is not given. */
  readonly operations?: number;
  run(): void | Promise<void>;
}

/** A case that measures itself: once a round. */
export interface SampledCase extends Named {
  readonly unit: "ns" | "ms" | "bytes";
  sample(): number | Promise<number>;
}

export type Case = TimedCase | SampledCase;

/**
 * Measures the cases of a suite, prints the figures, and hands them to whoever started this process.
 *
 * Machines speed up and slow down. So all cases are measured in several short rounds, forwards and backwards by turns,
 * and a ratio is taken within a round.
 *
 * @throws what a case's check throws: then nothing is printed, since the figures mean nothing
 */
export async function suite(name: string, cases: readonly Case[], notes: readonly string[] = []): Promise<SuiteResult> {
  const rounds: Map<string, number>[] = [];
  while (rounds.length < ROUNDS) rounds.push(await round(name, cases, rounds.length));
  for (const one of cases) one.check();
  const result = resultOf(name, cases, { rounds, notes });
  console.log(table(result));
  const file = process.env.BENCH_RESULT;
  if (file !== undefined) writeFileSync(file, JSON.stringify(result));
  return result;
}

async function round(name: string, cases: readonly Case[], number: number): Promise<Map<string, number>> {
  const inOrder = number % 2 === 0 ? cases : cases.toReversed();
  const timed = inOrder.filter((one): one is TimedCase => "run" in one);
  const figures = new Map<string, number>();
  for (const [title, nanoseconds] of await time(`${name}, round ${number + 1} of ${ROUNDS}`, timed)) {
    figures.set(title, nanoseconds / (timed.find((one) => one.name === title)?.operations ?? PAIRS));
  }
  for (const one of inOrder) if ("sample" in one) figures.set(one.name, await one.sample());
  return figures;
}

/** What the rounds come to. */
export function resultOf(
  suite: string,
  cases: readonly Case[],
  { rounds, notes }: { rounds: readonly ReadonlyMap<string, number>[]; notes: readonly string[] },
): SuiteResult {
  const known = new Set(cases.map((one) => one.name));
  const all = (name: string) => rounds.map((figures) => figures.get(name) ?? Number.NaN);
  const figures = cases.map((one): Figure => {
    const unit = "unit" in one ? one.unit : "ns";
    const figure = { name: one.name, unit, rounds: rounds.length, ...spread(all(one.name)) };
    const target = targetOf(suite, one.name);
    return target === undefined ? figure : { ...figure, target, isMet: isMet(target, figure.median) };
  });
  const compared = cases.flatMap(({ name, against = [] }) => against.map((baseline) => ({ name, against: baseline })));
  const compare = ({ name, against }: { name: string; against: string }): Ratio => {
    const ratio = known.has(against) ? spread(ratios(all(name), all(against))) : null;
    const target = targetOf(suite, name, against);
    if (target === undefined) return { name, against, ratio };
    return { name, against, ratio, target, isMet: ratio === null ? null : isMet(target, ratio.median) };
  };
  return { suite, figures, ratios: compared.map(compare), notes };
}
