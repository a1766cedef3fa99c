import { expect, test } from "vitest";
import { Hole } from "../../../../src/ttm/managers/hole.ts";
import { HoleSizes } from "../../../../src/ttm/managers/hole-sizes.ts";

test("small ones first, and the newest first among equals", () => {
  const sizes = new HoleSizes();
  const [large, older, newer, small] = [
    [0, 8],
    [10, 14],
    [20, 24],
    [30, 31],
  ].map(([first, end]) => {
    const hole = new Hole(first as number, end as number);
    sizes.add(hole);
    return hole;
  });
  expect([...sizes.from(1)]).toEqual([small, newer, older, large]);
  expect([...sizes.from(2)]).toEqual([newer, older, large]);
});

test("a size that went and came back is there once", () => {
  const sizes = new HoleSizes();
  const [first, second] = [new Hole(0, 4), new Hole(10, 14)];
  sizes.add(first);
  sizes.remove(first);
  sizes.add(second);
  expect([...sizes.from(1)]).toEqual([second]);
});
