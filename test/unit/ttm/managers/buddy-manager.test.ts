import { expect, test } from "vitest";
import { BuddyManager } from "../../../../src/ttm/managers/buddy-manager.ts";
import type { Place } from "../../../../src/ttm/managers/place.ts";
import { expectRefusal } from "../../../support/refusal.ts";
import { fill, freeAt, request, take } from "./take.ts";

const contiguous = { contiguous: true };
const topDown = { topDown: true };

/** A manager in which just these pages are free. */
function withFree(pages: number, ...free: number[]): BuddyManager {
  const manager = new BuddyManager(pages);
  freeAt(manager, fill(manager), free);
  return manager;
}

/** `2-4 7-8` as ranges. */
function ranges(text: string): { first: number; end: number }[] {
  const bounds = text.split(" ").map((range) => range.split("-").map(Number) as [number, number]);
  return bounds.map(([first, end]) => ({ first, end }));
}

test("splits the lowest block until it is as large as the request", () => {
  const manager = new BuddyManager(16);
  expect(take(manager, 2)).toMatchObject({ pages: 2, start: 0, ranges: ranges("0-2") });
  expect(manager.freeBlocks()).toEqual(ranges("2-4 4-8 8-16"));
  expect(manager.usedPages).toBe(2);
});

test("takes the smallest block that is large enough", () => {
  const manager = withFree(16, 0, 1, 2, 3, 10, 11);
  expect(take(manager, 2).start).toBe(10);
});

test("takes the lowest of equally large blocks, top-down the highest", () => {
  const manager = withFree(16, 2, 3, 8, 9, 14, 15);
  expect(take(manager, 2).start).toBe(2);
  expect(take(manager, 2, topDown).start).toBe(14);
});

test("takes no more than it needs of a block", () => {
  const manager = new BuddyManager(16);
  expect(take(manager, 5).ranges).toEqual(ranges("0-5"));
  expect(manager.freeBlocks()).toEqual(ranges("5-6 6-8 8-16"));
});

test("top-down uses the high end of a block", () => {
  const manager = new BuddyManager(16);
  expect(take(manager, 5, topDown).ranges).toEqual(ranges("11-16"));
  expect(manager.freeBlocks()).toEqual(ranges("0-8 8-10 10-11"));
});

test("is put together from several blocks, the largest first", () => {
  const manager = withFree(16, 1, 4, 5, 6, 7, 10, 11, 15);
  expect(take(manager, 6)).toMatchObject({ pages: 6, start: null, ranges: ranges("4-8 10-12") });
});

test("pieces are in ascending order, also where the first one lies above the others", () => {
  expect(take(withFree(16, 1, 4, 5, 6, 7), 5).ranges).toEqual(ranges("1-2 4-8"));
});

test("a piece that is too large for the rest is used in part", () => {
  const manager = withFree(16, 0, 1, 2, 3, 8, 9, 10, 11);
  expect(take(manager, 5).ranges).toEqual(ranges("0-4 8-9"));
});

test("pieces that touch are one range", () => {
  expect(take(withFree(8, 3, 4, 5), 3)).toMatchObject({ pages: 3, start: 3, ranges: ranges("3-6") });
  expect(take(withFree(8, 2, 3, 4), 3, topDown)).toMatchObject({ pages: 3, start: 2, ranges: ranges("2-5") });
});

test("what is free can be used up, however scattered", () => {
  const manager = withFree(16, 0, 2, 5, 7, 10, 12, 15);
  expect(take(manager, 7).ranges).toEqual(ranges("0-1 2-3 5-6 7-8 10-11 12-13 15-16"));
  expect(manager.freeBlocks()).toEqual([]);
  expect(manager.allocate(request(1))).toBeNull();
});

test("a request for one page too many leaves everything free that was", () => {
  const manager = withFree(16, 0, 2, 5, 6, 7);
  expect(manager.allocate(request(6))).toBeNull();
  expect(manager.freeBlocks()).toEqual(ranges("0-1 2-3 5-6 6-8"));
  expect(manager.usedPages).toBe(11);
});

test("a contiguous request takes a block that has all of it", () => {
  const manager = withFree(16, 1, 2, 3, 12, 13, 14, 15);
  expect(take(manager, 3, contiguous).ranges).toEqual(ranges("12-15"));
});

test("a contiguous request runs over neighbours where no block has all of it", () => {
  expect(take(withFree(16, 0, 3, 4, 5, 9), 3, contiguous).ranges).toEqual(ranges("3-6"));
});

test("a contiguous request takes the first run, top-down the last", () => {
  const free = [3, 4, 5, 11, 12, 13];
  expect(take(withFree(16, ...free), 2, contiguous).ranges).toEqual(ranges("4-6"));
  expect(take(withFree(16, ...free), 3, contiguous).ranges).toEqual(ranges("3-6"));
  expect(take(withFree(16, ...free), 3, { ...contiguous, ...topDown }).ranges).toEqual(ranges("11-14"));
});

test("a contiguous request is refused where there is no such run, although enough is free", () => {
  const manager = withFree(16, 0, 1, 3, 4, 8, 9);
  expect(manager.allocate(request(3, contiguous))).toBeNull();
  expect(take(manager, 3).pages).toBe(3);
});

test("in a window that cuts through a free block, the aligned parts of it count", () => {
  const manager = new BuddyManager(16);
  expect(take(manager, 2, { first: 5, end: 12 }).start).toBe(6);
  expect(take(new BuddyManager(16), 7, { first: 5, end: 12 }).ranges).toEqual(ranges("5-12"));
  expect(take(new BuddyManager(16), 6, { first: 5, end: 12, ...contiguous }).ranges).toEqual(ranges("5-11"));
});

test("there is no room in a window that is taken", () => {
  const manager = withFree(16, 0, 1, 14, 15);
  expect(manager.allocate(request(2, { first: 1, end: 15, ...contiguous }))).toBeNull();
  expect(manager.allocate(request(3, { first: 1, end: 15 }))).toBeNull();
  expect(take(manager, 2, { first: 1, end: 15 }).ranges).toEqual(ranges("1-2 14-15"));
});

test("freed blocks unite up to the largest", () => {
  const manager = new BuddyManager(16);
  for (const allocation of [take(manager, 1), take(manager, 6), take(manager, 3)]) manager.free(allocation);
  expect(manager.freeBlocks()).toEqual(ranges("0-16"));
});

test("neighbours that are not buddies stay apart", () => {
  expect(withFree(8, 1, 2).freeBlocks()).toEqual(ranges("1-2 2-3"));
});

test("a manager may have any number of pages", () => {
  const manager = new BuddyManager(13);
  expect(manager.freeBlocks()).toEqual(ranges("0-8 8-12 12-13"));
  manager.free(take(manager, 13, contiguous));
  expect(manager.freeBlocks()).toEqual(ranges("0-8 8-12 12-13"));
});

test("the largest manager works up to its last page", () => {
  const manager = new BuddyManager(2 ** 34, { minimumBlockPages: 16 });
  expect(take(manager, 16, topDown).start).toBe(2 ** 34 - 16);
  expect(take(manager, 2 ** 34 - 16).start).toBe(0);
  expect(manager.freeBlocks()).toEqual([]);
});

test("requests take up whole minimum blocks", () => {
  const manager = new BuddyManager(64, { minimumBlockPages: 16 });
  expect(take(manager, 17)).toMatchObject({ pages: 32, start: 0, ranges: ranges("0-32") });
  expect(manager.usedPages).toBe(32);
});

test("only the whole minimum blocks in a window count", () => {
  const manager = new BuddyManager(64, { minimumBlockPages: 16 });
  expect(take(manager, 16, { first: 1, end: 63 }).start).toBe(16);
  const tooMany = () => manager.allocate(request(33, { first: 1, end: 63 }));
  expectRefusal(tooMany, "EINVAL", "33 pages take up 3 aligned blocks of 16", "1 to 63");
});

const badRequests: [string, number, Partial<Place>, string[]][] = [
  ["no pages", 0, {}, ["1 to 16", "not 0"]],
  ["a fraction", 1.5, {}, ["not 1.5"]],
  ["more than the manager has", 17, {}, ["1 to 16", "not 17"]],
  ["a window that ends behind the manager", 1, { first: 8, end: 17 }, ["0 to 16", "not 8 to 17"]],
  ["a window that is too small", 5, { first: 8, end: 12 }, ["8 to 12 has 4", "not the 5"]],
];

test.each(badRequests)("refuses %s", (_, pages, place, words) => {
  const manager = new BuddyManager(16);
  expectRefusal(() => manager.allocate(request(pages, place)), "EINVAL", ...words);
  expect(manager.freeBlocks()).toEqual(ranges("0-16"));
});

test("refuses to free twice, even if the space is in use again", () => {
  const manager = new BuddyManager(16);
  const first = take(manager, 8);
  manager.free(first);
  take(manager, 8);
  expectRefusal(() => manager.free(first), "EINVAL", "8 pages from page 0", "freed before");
  expect(manager.usedPages).toBe(8);
});

test("refuses to free what another manager handed out", () => {
  const manager = new BuddyManager(16);
  expectRefusal(() => manager.free(take(new BuddyManager(16), 8)), "EINVAL", "another manager");
});

test.each([0, 0.5, -1, 3, Number.NaN, 32])("refuses minimum blocks of %s pages in 16", (minimumBlockPages) => {
  expectRefusal(() => new BuddyManager(16, { minimumBlockPages }), "EINVAL", "16 pages", `not ${minimumBlockPages}`);
});

test("refuses more than 2^30 minimum blocks", () => {
  expectRefusal(() => new BuddyManager(2 ** 30 + 1), "EINVAL", "at most 1073741824", "not 1073741825");
});

test("an allocation in parts fits where it need not be contiguous", () => {
  const manager = withFree(16, 0, 2);
  const allocation = take(manager, 2);
  expect(manager.fits(allocation, { type: "vram" })).toBe(true);
  expect(manager.fits(allocation, { type: "vram", contiguous: true })).toBe(false);
  expect(manager.overlaps(allocation, { type: "vram", first: 1, end: 2 })).toBe(false);
});
