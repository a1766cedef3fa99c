import { expect, test } from "vitest";
import { CountManager } from "../../../../src/ttm/managers/count-manager.ts";
import { expectRefusal } from "../../../support/refusal.ts";
import { request, take } from "./take.ts";

test("what it hands out has no address", () => {
  expect(take(new CountManager(64), 8)).toMatchObject({ pages: 8, start: null, ranges: [] });
});

test("it can be used up to the last page, and no further", () => {
  const manager = new CountManager(64);
  take(manager, 60);
  expect(manager.allocate(request(5))).toBeNull();
  expect(manager.usedPages).toBe(60);
  take(manager, 4);
  expect(manager.usedPages).toBe(64);
  expect(manager.allocate(request(1))).toBeNull();
});

test("what is freed can be handed out again", () => {
  const manager = new CountManager(8);
  manager.free(take(manager, 8));
  expect(manager.usedPages).toBe(0);
  take(manager, 8);
});

test("it is never fragmented", () => {
  const manager = new CountManager(3);
  const [low, , high] = [take(manager, 1), take(manager, 1), take(manager, 1)];
  manager.free(low);
  manager.free(high);
  take(manager, 2, { contiguous: true });
});

test("windows mean nothing: everything fits, every eviction helps", () => {
  const manager = new CountManager(64);
  const window = { type: "tt", first: 100, end: 101 };
  const allocation = take(manager, 64, window);
  expect(manager.fits(allocation, window)).toBe(true);
  expect(manager.overlaps(allocation, window)).toBe(true);
});

test.each([0, -1, 1.5, Number.NaN, 65, Number.POSITIVE_INFINITY])("refuses a request for %s of 64 pages", (pages) => {
  const manager = new CountManager(64);
  expectRefusal(() => manager.allocate(request(pages)), "EINVAL", "1 to 64", `not ${pages}`);
  expect(manager.usedPages).toBe(0);
});

test("refuses to free twice", () => {
  const manager = new CountManager(64);
  const [first] = [take(manager, 8), take(manager, 8)];
  manager.free(first);
  expectRefusal(() => manager.free(first), "EINVAL", "8 pages", "freed before");
  expect(manager.usedPages).toBe(8);
});

test("refuses to free what another manager handed out, and a copy", () => {
  const manager = new CountManager(64);
  const own = take(manager, 8);
  expectRefusal(() => manager.free(take(new CountManager(64), 8)), "EINVAL", "another manager");
  expectRefusal(() => manager.free({ ...own }), "EINVAL");
  expect(manager.usedPages).toBe(8);
});

test.each([0, -1, 1.5, Number.NaN, 2 ** 41])("refuses a capacity of %s pages", (pages) => {
  expectRefusal(() => new CountManager(pages), "EINVAL", "1 to 2199023255551", `not ${pages}`);
});

test("accepts the largest capacity, and none at all", () => {
  expect(new CountManager(2 ** 41 - 1).pages).toBe(2 ** 41 - 1);
  expect(new CountManager(Number.POSITIVE_INFINITY).pages).toBe(Number.POSITIVE_INFINITY);
});
