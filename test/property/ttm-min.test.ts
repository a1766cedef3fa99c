import { expect, test } from "vitest";
import type { Semantics } from "../../src/index.ts";
import { CrowdedDevice } from "./crowded-device.ts";
import { Random } from "./random.ts";
import { seeds, withSeed } from "./seeds.ts";

const OPERATIONS = 5000;
/** A million operations; EFFORT multiplies. */
const SEEDS = seeds(200);

test(`nothing within min is evicted for others, in ${SEEDS.length * OPERATIONS} operations`, {
  timeout: 600_000,
}, () => {
  const sums = { evictions: 0, refusals: 0 };
  for (const seed of SEEDS) {
    const { evictions, refusals } = crowd(seed, "intended");
    sums.evictions += evictions;
    sums.refusals += refusals;
  }
  for (const [name, sum] of Object.entries(sums)) expect([name, sum > 100 * SEEDS.length]).toEqual([name, true]);
});

// The canary: that kernel does evict it, where two groups meet in the root.
test("in linux-7.3 semantics the same operations are caught evicting what is within min", () => {
  expect(() => crowd(1, "linux-7.3")).toThrow(/^SEED=1: Operation \d+: .* lost \d+ of \d+ bytes/);
});

function crowd(seed: number, semantics: Semantics): CrowdedDevice {
  const device = new CrowdedDevice(new Random(seed), semantics);
  try {
    withSeed(seed, () => {
      for (let operation = 0; operation < OPERATIONS; operation++) device.step(operation);
    });
    return device;
  } finally {
    device.dispose();
  }
}
