import benny from "benny";
import { IS_SMALL } from "./mode.ts";
import { undisturbed } from "./statistics.ts";

// The only file that knows what measures.

/** What is called again and again. */
export interface Timed {
  readonly name: string;
  run(): void | Promise<void>;
}

/** In seconds. A sample is shorter than a slice of the system's scheduler: most see no other program. */
const EFFORT = IS_SMALL
  ? { minTime: 0.0001, maxTime: 0.001, minSamples: 1, delay: 0 }
  : { minTime: 0.0005, maxTime: 0.04, minSamples: 3, delay: 0 };

/** The time of one call of each, in nanoseconds; measured one after the other, in the order given. */
export async function time(title: string, timed: readonly Timed[]): Promise<Map<string, number>> {
  const cases = timed.map(({ name, run }) => benny.add(name, () => run, EFFORT));
  const times = new Map<string, number>();
  if (cases.length === 0) return times;
  const { results } = await benny.suite(title, ...cases);
  for (const { name, details } of results) times.set(name, undisturbed(details.sampleResults) * 1e9);
  return times;
}
