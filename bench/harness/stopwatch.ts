import benny from "benny";
import { IS_SMALL } from "./mode.ts";

// The only file that knows what measures.

/** What is called again and again. */
export interface Timed {
  readonly name: string;
  run(): void | Promise<void>;
}

const EFFORT = IS_SMALL
  ? { minTime: 0.001, maxTime: 0.001, minSamples: 1, delay: 0 }
  : { minTime: 0.02, maxTime: 0.06, minSamples: 3, delay: 0 };

/** The median time of one call of each, in nanoseconds; measured one after the other, in the order given. */
export async function time(title: string, timed: readonly Timed[]): Promise<Map<string, number>> {
  const cases = timed.map(({ name, run }) => benny.add(name, () => run, EFFORT));
  const medians = new Map<string, number>();
  if (cases.length === 0) return medians;
  const { results } = await benny.suite(title, ...cases);
  for (const { name, details } of results) medians.set(name, details.median * 1e9);
  return medians;
}
