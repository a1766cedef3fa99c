import benny from "benny";

// The only file that knows what measures. A case does `PAIRS` operations a call, so that the call itself does not
// count.

export const PAIRS = 1000;

/** Small mode: proves that a suite runs, says nothing about speed. */
const SMALL = process.env["BENCH"] === "small";

export interface Case {
  readonly name: string;
  /** The case that this one is compared with, by name; itself: a baseline. */
  readonly against: string;
  /** Does PAIRS operations. */
  run(): void;
  /** Throws if the operations left the wrong state behind. */
  check(): void;
}

/** Measures the cases of a suite one after the other, and prints each one's median and its ratio to its baseline. */
export async function suite(name: string, cases: readonly Case[]): Promise<void> {
  const options = SMALL ? { maxTime: 0.01, minSamples: 1, delay: 0 } : { maxTime: 0.5, minSamples: 20, delay: 0 };
  const medians = new Map<string, number>();
  await benny.suite(
    name,
    ...cases.map((one) => benny.add(one.name, () => one.run, options)),
    benny.complete((summary) => {
      for (const { name, details } of summary.results) medians.set(name, details.median);
    }),
  );
  for (const one of cases) one.check();
  console.log(`\n${name}: median time of one operation, and its ratio to the baseline`);
  for (const { name, against } of cases) {
    const [median, baseline] = [medians.get(name) ?? Number.NaN, medians.get(against) ?? Number.NaN];
    const nanoseconds = ((median / PAIRS) * 1e9).toFixed(1).padStart(8);
    console.log(`  ${name.padEnd(36)} ${nanoseconds} ns  ${(median / baseline).toFixed(2).padStart(6)}`);
  }
}
