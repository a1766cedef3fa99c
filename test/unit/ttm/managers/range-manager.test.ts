import { expect, test } from "vitest";
import type { Place } from "../../../../src/ttm/managers/place.ts";
import { RangeManager } from "../../../../src/ttm/managers/range-manager.ts";
import { expectRefusal } from "../../../support/refusal.ts";
import { fill, freeAt, request, take } from "./take.ts";

/** A manager in which just these pages are free, in holes that came into being from left to right. */
function withHoles(pages: number, ...holes: [first: number, end: number][]): RangeManager {
  const manager = new RangeManager(pages);
  const bounds = [...new Set([0, ...holes.flat(), pages])].sort((a, b) => a - b);
  const allocations = bounds.slice(1).map((end, i) => take(manager, end - (bounds[i] as number)));
  for (const [first] of holes) freeAt(manager, allocations, [first]);
  return manager;
}

test("an empty manager is filled from the low end", () => {
  const manager = new RangeManager(64);
  expect(take(manager, 8)).toMatchObject({ pages: 8, start: 0, ranges: [{ first: 0, end: 8 }] });
  expect(take(manager, 8).start).toBe(8);
  expect(manager.usedPages).toBe(16);
  expect(manager.freeRanges()).toEqual([{ first: 16, end: 64 }]);
});

test("takes the smallest hole that is large enough", () => {
  const manager = withHoles(64, [0, 16], [20, 24], [30, 38]);
  expect(take(manager, 5).start).toBe(30);
});

test("takes the newest of equally large holes", () => {
  expect(take(withHoles(64, [8, 16], [24, 32]), 8).start).toBe(24);
  expect(take(withHoles(64, [24, 32], [8, 16]), 8).start).toBe(8);
});

test("takes the next newest once the newest is taken", () => {
  const manager = withHoles(64, [8, 16], [24, 32]);
  expect([take(manager, 8).start, take(manager, 8).start]).toEqual([24, 8]);
});

test.each([
  [8, [24, 16]],
  [16, [24, 8]],
  [24, [16, 8]],
])("once the hole at %s is taken the newest of the others are", (taken, others) => {
  const manager = withHoles(64, [8, 12], [16, 20], [24, 28]);
  take(manager, 4, { first: taken, end: taken + 4 });
  expect([take(manager, 4).start, take(manager, 4).start]).toEqual(others);
  expect(manager.freeRanges()).toEqual([]);
});

test("takes the next newest where the newest is outside of the window", () => {
  expect(take(withHoles(64, [0, 4], [8, 12], [16, 20]), 4, { end: 16 }).start).toBe(8);
});

test("a hole is new when an allocation has shrunk it", () => {
  const manager = withHoles(64, [0, 8], [16, 22]);
  take(manager, 2, { end: 8 });
  expect(take(manager, 6).start).toBe(2);
});

test("a hole is new when it has grown", () => {
  const manager = new RangeManager(24);
  const pieces = fill(manager, 4);
  freeAt(manager, pieces, [0, 12, 16, 4]);
  expect(take(manager, 8).start).toBe(0);
});

test("of the two rests of a hole the upper one is the newer", () => {
  const manager = new RangeManager(24);
  take(manager, 8, { first: 8, end: 16 });
  expect(take(manager, 8).start).toBe(16);
});

test("top-down takes the high end of the highest hole that is large enough", () => {
  const manager = withHoles(64, [0, 16], [20, 40], [60, 64]);
  expect(take(manager, 4, { topDown: true }).start).toBe(60);
  expect(take(manager, 4, { topDown: true }).start).toBe(36);
});

test("in a window the low end of the hole's part is used", () => {
  expect(take(new RangeManager(64), 8, { first: 20, end: 40 }).start).toBe(20);
});

test("in a window top-down the high end of the hole's part is used", () => {
  expect(take(new RangeManager(64), 8, { first: 20, end: 40, topDown: true }).start).toBe(32);
});

test("in a window it is still the size of the whole hole that counts", () => {
  const manager = withHoles(64, [0, 10], [20, 40]);
  expect(take(manager, 5, { first: 4, end: 25 }).start).toBe(4);
});

test("a hole whose part in the window is too small is passed over", () => {
  const manager = withHoles(64, [0, 10], [20, 40]);
  expect(take(manager, 5, { first: 6, end: 25 }).start).toBe(20);
  expect(take(withHoles(64, [0, 10], [20, 40]), 5, { first: 5, end: 24, topDown: true }).start).toBe(5);
});

test.each<[string, number, Partial<Place>]>([
  ["too little is free", 17, {}],
  ["the free pages are not in one piece", 9, {}],
  ["the free pages are not in one piece, top-down", 9, { topDown: true }],
  ["the window has too little of a hole", 8, { first: 17, end: 32 }],
  ["the window is taken", 1, { first: 24, end: 48 }],
])("there is no room when %s", (_, pages, place) => {
  const manager = withHoles(64, [16, 24], [48, 56]);
  expect(manager.allocate(request(pages, place))).toBeNull();
  expect(manager.usedPages).toBe(48);
});

test("there is room up to the last page", () => {
  const manager = new RangeManager(64);
  take(manager, 64);
  expect(manager.usedPages).toBe(64);
  expect(manager.allocate(request(1))).toBeNull();
});

test.each<[string, number[], [number, number][]]>([
  ["nothing", [3], [[3, 4]]],
  ["the hole below", [2, 3], [[2, 4]]],
  ["the hole above", [4, 3], [[3, 5]]],
  ["both", [2, 4, 3], [[2, 5]]],
  [
    "the ends of the manager",
    [0, 6],
    [
      [0, 1],
      [6, 7],
    ],
  ],
])("what is freed unites with %s", (_, order, holes) => {
  const manager = new RangeManager(7);
  freeAt(manager, fill(manager), order);
  expect(manager.freeRanges()).toEqual(holes.map(([first, end]) => ({ first, end })));
});

const badRequests: [string, number, Partial<Place>, string[]][] = [
  ["no pages", 0, {}, ["1 to 64", "not 0"]],
  ["a fraction", 1.5, {}, ["not 1.5"]],
  ["less than nothing", -8, {}, ["not -8"]],
  ["not a number", Number.NaN, {}, ["not NaN"]],
  ["more than the manager has", 65, {}, ["1 to 64", "not 65"]],
  ["a window that begins below 0", 1, { first: -1 }, ["0 to 64", "not -1 to 64"]],
  ["a window that ends behind the manager", 1, { first: 8, end: 65 }, ["0 to 64", "not 8 to 65"]],
  ["an empty window", 1, { first: 8, end: 8 }, ["not 8 to 8"]],
  ["a window of half a page", 1, { first: 0.5 }, ["not 0.5 to 64"]],
  ["a window that is too small", 9, { first: 8, end: 16 }, ["8 to 16 has 8", "not the 9"]],
];

test.each(badRequests)("refuses %s", (_, pages, place, words) => {
  const manager = new RangeManager(64);
  expectRefusal(() => manager.allocate(request(pages, place)), "EINVAL", ...words);
  expect(manager.freeRanges()).toEqual([{ first: 0, end: 64 }]);
});

test("accepts a window that is just large enough", () => {
  expect(take(new RangeManager(64), 8, { first: 8, end: 16 }).start).toBe(8);
});

test("refuses to free twice, even if the space is in use again", () => {
  const manager = new RangeManager(64);
  const first = take(manager, 8);
  manager.free(first);
  take(manager, 8);
  expectRefusal(() => manager.free(first), "EINVAL", "8 pages from page 0", "freed before");
  expect(manager.usedPages).toBe(8);
});

test("refuses to free what another manager handed out", () => {
  const [manager, other] = [new RangeManager(64), new RangeManager(64)];
  take(manager, 8);
  expectRefusal(() => manager.free(take(other, 8)), "EINVAL", "another manager");
  expect(manager.usedPages).toBe(8);
});

test.each([0, 1.5, Number.POSITIVE_INFINITY, 2 ** 41])("refuses a capacity of %s pages", (pages) => {
  expectRefusal(() => new RangeManager(pages), "EINVAL", `not ${pages}`);
});

test("the largest manager works up to its last page", () => {
  const manager = new RangeManager(2 ** 41 - 1);
  expect(take(manager, 1, { topDown: true }).start).toBe(2 ** 41 - 2);
  expect(take(manager, 2 ** 41 - 2).start).toBe(0);
});

test("looks at its own window and range", () => {
  const manager = new RangeManager(64);
  const allocation = take(manager, 8, { first: 8 });
  expect(manager.fits(allocation, { type: "vram", first: 8, end: 16, contiguous: true })).toBe(true);
  expect(manager.fits(allocation, { type: "vram", first: 9 })).toBe(false);
  expect(manager.overlaps(allocation, { type: "vram", first: 15 })).toBe(true);
  expect(manager.overlaps(allocation, { type: "vram", first: 16 })).toBe(false);
});
