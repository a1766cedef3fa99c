import { expect, test } from "vitest";
import type { Semantics } from "../../src/index.ts";
import { AsyncCrowd } from "./async-crowd.ts";
import { Random } from "./random.ts";
import { seeds, withSeedAsync } from "./seeds.ts";

const OPERATIONS = 200;
const REST_EVERY = 40;

test.each(["intended", "linux-7.3"] as const)(
  "moves that overlap, fail, hang and are given up leave nothing behind, in %s semantics",
  async (semantics) => {
    const sums = { done: 0, refused: 0, failed: 0, aborted: 0 };
    for (const seed of seeds(150)) {
      const { outcomes } = await withSeedAsync(seed, () => crowd(seed, semantics));
      for (const [name, count] of Object.entries(outcomes)) sums[name as keyof typeof sums] += count;
    }
    for (const count of Object.values(sums)) expect(count).toBeGreaterThan(0);
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
