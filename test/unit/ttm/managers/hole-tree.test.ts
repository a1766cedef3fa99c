import { expect, test } from "vitest";
import { Hole } from "../../../../src/ttm/managers/hole.ts";
import { HoleTree } from "../../../../src/ttm/managers/hole-tree.ts";

const COUNT = 1000;

/** Holes of 1 to 7 pages. */
function ascending(): Hole[] {
  return Array.from({ length: COUNT }, (_, at) => new Hole(8 * at, 8 * at + 1 + (at % 7)));
}

function treeOf(holes: readonly Hole[]): HoleTree {
  const tree = new HoleTree();
  for (const hole of holes) tree.add(hole);
  return tree;
}

/** How many holes a search from here looks at, at most. */
function depth(hole: Hole | null): number {
  return hole === null ? 0 : 1 + Math.max(depth(hole.low), depth(hole.high));
}

/** What is right below each hole. */
function shape(tree: HoleTree): unknown[] {
  return Array.from(tree, ({ first, low, high }) => [first, low?.first, high?.first]);
}

function largest(hole: Hole | null): number {
  return hole === null ? 0 : Math.max(hole.size, largest(hole.low), largest(hole.high));
}

const ORDERS: readonly [string, (holes: Hole[]) => Hole[]][] = [
  ["ascending", (holes) => holes],
  ["descending", (holes) => holes.reverse()],
  ["scattered", (holes) => holes.map((_, at) => holes[(at * 617) % COUNT] as Hole)],
  ["from both ends", (holes) => holes.map((_, at) => holes[at % 2 === 0 ? at / 2 : COUNT - (at + 1) / 2] as Hole)],
];

test.each(ORDERS)("is not much deeper than a balanced tree: %s", (_, order) => {
  const tree = treeOf(order(ascending()));
  expect(Math.max(...Array.from(tree, depth))).toBeLessThan(4 * Math.log2(COUNT));
});

test.each(ORDERS)("has the same shape whatever was added and removed before: %s", (_, order) => {
  const holes = order(ascending());
  const tree = treeOf(holes);
  for (const hole of holes.slice(0, COUNT / 2)) tree.remove(hole);
  const rest = holes.slice(COUNT / 2).sort((a, b) => a.first - b.first);
  expect(shape(tree)).toEqual(shape(treeOf(rest.map(({ first, end }) => new Hole(first, end)))));
});

test("each hole knows how large the largest one below it is", () => {
  const holes = ascending();
  const tree = treeOf(holes);
  for (const hole of holes.filter((_, at) => at % 3 === 0)) tree.remove(hole);
  for (const hole of tree) expect(hole.largest).toBe(largest(hole));
});
