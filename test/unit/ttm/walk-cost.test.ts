import { afterEach, describe, expect, test, vi } from "vitest";
import type { Core } from "../../../src/core/core.ts";
import type { Pool } from "../../../src/index.ts";
import { type BufferObject, CountManager, RangeManager, SystemManager } from "../../../src/ttm/index.ts";
import { LruList } from "../../../src/ttm/lru.ts";
import { PAGE, smallDevice } from "../../support/small-device.ts";

const POOLS = 2000;

afterEach(() => vi.restoreAllMocks());

/** Groups below `/a` that have two buffers of a page each; `protect` is told of each. `/b` wants half of it all. */
function crowd(protect: (pool: Pool, index: number) => void, levels: number) {
  const { dmem, vram, a, b, make, moves } = smallDevice({
    capacity: { cgroups: 3 * POOLS, pools: 3 * POOLS, accounts: 3 * POOLS },
    managers: { vram: new CountManager(2 * POOLS), system: new SystemManager() },
  });
  a.pool(vram).min = a.pool(vram).low = POOLS * PAGE;
  let above = a;
  for (let index = 0; index < POOLS; index++) {
    if (levels > 1 && index % 50 === 0) above = a.mkdir(`m${index}`);
    const group = above.mkdir(`${index}`);
    protect(group.pool(vram), index);
    for (const _ of [0, 1]) make(`${index}`, 1, { owner: group });
    if (levels > 1 && index % 50 === 49) above.pool(vram).min = 50 * PAGE;
  }
  const calls = countCalls(dmem.root.pool(vram));
  const visits = vi.spyOn(LruList.prototype, "after");
  make("new", POOLS, { owner: b });
  return { calls, visits: visits.mock.calls.length, victims: moves.victims };
}

/** Counts the calls into the core, by name. */
function countCalls(pool: Pool): Map<string, number> {
  const calls = new Map<string, number>();
  const { core } = pool as unknown as { core: Core };
  for (const [name, original] of Object.entries(core.call) as [string, (...values: unknown[]) => unknown][]) {
    const counted = (...values: unknown[]) => {
      calls.set(name, (calls.get(name) ?? 0) + 1);
      return original(...values);
    };
    Object.assign(core.call, { [name]: counted });
  }
  return calls;
}

describe("2,000 protected siblings cost a walk a few steps each", () => {
  test.each([
    ["half of what each has", (pool: Pool) => Object.assign(pool, { min: PAGE }), 1],
    [
      "the older half of them",
      (pool: Pool, index: number) => Object.assign(pool, { min: index < 1000 ? 2 * PAGE : 0 }),
      1,
    ],
    ["what each has, by low", (pool: Pool) => Object.assign(pool, { low: PAGE }), 1],
    ["half of what each has, in groups of 50", (pool: Pool) => Object.assign(pool, { min: PAGE }), 2],
  ] as const)("%s", (_, protect, levels) => {
    const { calls, visits, victims } = crowd(protect, levels);
    expect(victims.length).toBe(POOLS);
    // Twice for each kind: a sum is taken again after as many questions as it has summands.
    const sums = levels === 1 ? 1 : 1 + POOLS / 50;
    expect(calls.get("askedByChildren")).toBeLessThan(16 * sums);
    expect(calls.get("evictValuable") ?? 0).toBe(0);
    expect(calls.get("valuableWithin")).toBeLessThan(4 * POOLS);
    expect([...calls.values()].reduce((sum, count) => sum + count)).toBeLessThan(60 * POOLS);
    expect(visits).toBeLessThan(8 * POOLS);
  });
});

test("2,000 buffers that do not help are looked at once, however many others go after them", () => {
  const { make, moves } = smallDevice({
    managers: { vram: new RangeManager(2 * POOLS), system: new SystemManager() },
  });
  const looks = { count: 0 };
  for (let index = 0; index < POOLS; index++) countLooks(make("outside", 1), looks);
  for (let index = 0; index < POOLS; index++) make(`${index}`, 1);
  make("new", POOLS, { at: [{ type: "vram", first: POOLS, end: 2 * POOLS }] });
  expect(moves.victims.length).toBe(POOLS);
  expect(looks.count).toBeLessThan(16 * POOLS);
});

/** Counts how often it is asked where a buffer is among the least recently used. */
function countLooks({ resource }: BufferObject, looks: { count: number }): void {
  let value = resource?.sequence;
  Object.defineProperty(resource, "sequence", {
    get() {
      looks.count++;
      return value;
    },
    set(sequence: number) {
      value = sequence;
    },
  });
}
