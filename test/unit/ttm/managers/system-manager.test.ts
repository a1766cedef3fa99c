import { expect, test } from "vitest";
import { SystemManager } from "../../../../src/ttm/managers/system-manager.ts";
import { expectRefusal } from "../../../support/refusal.ts";
import { request, take } from "./take.ts";

const MOST = 2 ** 41 - 1;

test("never runs out, and counts what is in use", () => {
  const manager = new SystemManager();
  const allocations = [MOST, MOST, 1].map((pages) => take(manager, pages));
  expect(manager.pages).toBe(Number.POSITIVE_INFINITY);
  expect(manager.usedPages).toBe(2 * MOST + 1);
  for (const allocation of allocations) manager.free(allocation);
  expect(manager.usedPages).toBe(0);
});

test("what it hands out has no address and fits everywhere", () => {
  const manager = new SystemManager();
  const allocation = take(manager, 8);
  expect(allocation).toMatchObject({ pages: 8, start: null, ranges: [] });
  expect(manager.fits(allocation, { type: "system", first: 0, end: 1, contiguous: true })).toBe(true);
  expect(manager.overlaps(allocation, { type: "system", first: 0, end: 1 })).toBe(true);
});

test.each([0, 1.5, 2 ** 41])("refuses a request for %s pages", (pages) => {
  expectRefusal(() => new SystemManager().allocate(request(pages)), "EINVAL", `1 to ${MOST}`, `not ${pages}`);
});

test("refuses to free twice", () => {
  const manager = new SystemManager();
  const allocation = take(manager, 8);
  manager.free(allocation);
  expectRefusal(() => manager.free(allocation), "EINVAL", "8 pages", "freed before");
});
