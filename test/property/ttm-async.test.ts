import { expect, test } from "vitest";
import type { Semantics } from "../../src/index.ts";
import { AsyncCrowd } from "./async-crowd.ts";
import { Random } from "./random.ts";
import { seeds, withSeedAsync } from "./seeds.ts";

const OPERATIONS = 200;
const REST_EVERY = 40;
const SEEDS = seeds(100);

test.each(["intended", "linux-7.3"] as const)(
  "moves that overlap, fail, hang and are given up leave nothing behind, in %s semantics",
  { timeout: 600_000 },
  async (semantics) => {
    const sums = { done: 0, refused: 0, failed: 0, aborted: 0 };
    for (const seed of SEEDS) {
      const { outcomes } = await withSeedAsync(seed, () => crowd(seed, semantics));
      for (const name of ["done", "refused", "failed", "aborted"] as const) sums[name] += outcomes[name];
    }
    for (const [name, sum] of Object.entries(sums)) expect([name, sum >= SEEDS.length]).toEqual([name, true]);
  },
);

async function crowd(seed: number, semantics: Semantics): Promise<AsyncCrowd> {
  const crowd = new AsyncCrowd(new Random(seed), semantics);
  try {
    for (let operation = 0; operation < OPERATIONS; operation++) {
      await crowd.step();
      if (operation % REST_EVERY === REST_EVERY - 1) await crowd.rest();
    }
    await crowd.rest();
    crowd.end();
    return crowd;
  } finally {
    crowd.dispose();
  }
}
