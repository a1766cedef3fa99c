import { describe, expect, onTestFinished, test } from "vitest";
import { seeds } from "../property/seeds.ts";
import { fuzz, isDocumented, type Target } from "./target.ts";
import { TARGETS } from "./targets.ts";
import { Watch } from "./watch.ts";

// A little of what `npm run fuzz` does at length.

const COUNT = 300;

describe.each(TARGETS.map((make) => make()).map((target) => ({ name: target.name, target })))("$name", ({ target }) => {
  const skipped = target.missing ? ` (skipped: ${target.missing})` : "";
  test.skipIf(skipped !== "")(`takes or refuses what is nearly right${skipped}`, async () => {
    const watch = new Watch(target.name);
    onTestFinished(() => watch.end());
    onTestFinished(() => target.close?.());
    for (const seed of seeds(1)) {
      const tally = fuzz(target, { seed, count: COUNT, before: watch.before });
      expect([...tally.keys()].some((end) => end !== "taken")).toBe(true);
    }
  });
});

test("an error that is not documented fails, and tells the command that repeats it", () => {
  const target: Target = {
    name: "broken",
    take: (random) => {
      if (random.below(10) === 3) throw new TypeError("x is not a function");
    },
  };
  expect(() => fuzz(target, { seed: 1, count: 1000 })).toThrow(/npm run fuzz -- broken --count 1 --seed \d+\n/);
});

test.each([new RangeError("Invalid array length"), new Error("unreachable"), "x"])(
  "%s is no documented error",
  (error) => {
    expect(isDocumented(error)).toBe(false);
  },
);
