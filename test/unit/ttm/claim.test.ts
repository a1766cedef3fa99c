import { describe, expect, test, vi } from "vitest";
import { Claim } from "../../../src/ttm/claim.ts";
import { RangeManager, SystemManager } from "../../../src/ttm/index.ts";
import type { Place } from "../../../src/ttm/managers/place.ts";
import type { MemoryType } from "../../../src/ttm/memory-type.ts";
import { PAGE, smallDevice } from "../../support/small-device.ts";

/** A claim of `/a` for a buffer that has no backing yet. */
function claimed(pages: number, place: Partial<Place> = {}) {
  const small = smallDevice({
    managers: { vram: new RangeManager(8), system: new SystemManager() },
    capacity: { pools: 32 },
  });
  const bo = small.make("x", pages, { at: [] });
  const type = small.device.type(place.type ?? "vram") as MemoryType;
  const claim = new Claim(bo, { type, place: { type: type.name, ...place } }, small.a);
  return { ...small, bo, type, claim, pool: small.a.pool(small.vram) };
}

test("charges once, however often it is asked", () => {
  const { claim, pool } = claimed(3);
  expect([claim.charge(), claim.charge(), pool.usage]).toEqual([null, null, 3 * PAGE]);
});

test("tells whose limit is hit, and charges nothing", () => {
  const { claim, pool } = claimed(3);
  pool.max = 2 * PAGE;
  expect([claim.charge(), pool.usage]).toEqual([pool, 0]);
  pool.max = 3 * PAGE;
  expect([claim.charge(), pool.usage]).toEqual([null, 3 * PAGE]);
});

test("takes space, where there is some", () => {
  const { claim, type, make } = claimed(3);
  make("y", 6);
  expect([claim.allocate(), type.manager.usedPages]).toEqual([false, 6]);
});

test("has no space for what can never fit", () => {
  const { claim } = claimed(3, { first: 6, end: 8 });
  expect(claim.allocate()).toBe(false);
});

test.each([[new Error("the manager is broken")], [null]])("lets through what else a manager throws: %s", (thrown) => {
  const { claim, type } = claimed(3);
  vi.spyOn(type.manager, "allocate").mockImplementation(() => {
    throw thrown;
  });
  const caught = vi.fn();
  try {
    claim.allocate();
  } catch (error) {
    caught(error);
  }
  expect(caught).toHaveBeenCalledWith(thrown);
});

test("counts as a change of its memory when it is charged, and again when that goes back", () => {
  const { claim, type, pool } = claimed(3);
  const before = type.changes;
  pool.max = 0;
  claim.charge();
  expect(type.changes).toBe(before);
  pool.max = 3 * PAGE;
  claim.charge();
  expect(type.changes).toBe(before + 1);
  claim.release();
  expect(type.changes).toBe(before + 2);
});

test("becomes a resource, the most recently used", () => {
  const { bo, claim, type, pool, make } = claimed(3);
  make("y", 1);
  claim.charge();
  claim.allocate();
  const resource = claim.take();
  expect(resource).toMatchObject({ bo, type, pool });
  expect(resource.allocation.pages).toBe(3);
  expect(type.lru.entries(0).at(-1)).toBe(resource);
  claim.release();
  expect([pool.usage, type.manager.usedPages]).toEqual([4 * PAGE, 4]);
  resource.release();
});

test.each([
  ["nothing", []],
  ["the charge", ["charge"]],
  ["the space", ["allocate"]],
  ["both", ["charge", "allocate"]],
] as const)("gives back what it has taken, once: %s", (_, taken) => {
  const { claim, pool, type } = claimed(3);
  for (const step of taken) claim[step]();
  claim.release();
  claim.release();
  expect([pool.usage, type.manager.usedPages]).toEqual([0, 0]);
});

test("charges nobody where nothing is accounted", () => {
  const { claim, dmem, vram } = claimed(3, { type: "system" });
  expect([claim.pool, claim.charge(), claim.entitlement]).toEqual([null, null, "none"]);
  expect(dmem.root.pool(vram).usage).toBe(0);
});

describe("entitlement", () => {
  test.each([
    [0, 0, "none"],
    [3, 0, "min"],
    [0, 3, "low"],
    [3, 3, "min"],
    [2, 3, "low"],
    [2, 2, "none"],
  ])("of 3 pages with a min of %i and a low of %i: %s", (min, low, expected) => {
    const { claim, pool } = claimed(3);
    Object.assign(pool, { min: min * PAGE, low: low * PAGE });
    claim.charge();
    expect(claim.entitlement).toBe(expected);
    claim.release();
  });
});
