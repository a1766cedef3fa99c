import { describe, expect, test } from "vitest";
import type { Dmem } from "../../src/index.ts";
import { onePool, smallDmem } from "../support/small-dmem.ts";
import { controllerState } from "./controller-state.ts";
import { lackOf, lockedChanges } from "./core-faults.ts";
import { failEach } from "./fail-each.ts";
import { CountedFault } from "./fault.ts";

const VRAM = "drm/card/vram";
const TT = "drm/card/tt";
const BOTH = "card region.vram=7 region.tt=8";

/** Two regions in one write, as the first proposal of the files has it. `isKnown`: the counters exist already. */
function twoRegions(isKnown: boolean): Dmem {
  const dmem = smallDmem({ controller: "drm" });
  const regions = [VRAM, TT].map((name) => dmem.registerRegion(name, { size: 1000 }));
  const group = dmem.root.mkdir("a");
  if (!isKnown) return dmem;
  for (const region of regions) Object.assign(group.pool(region), { min: 1, low: 2, max: 100 });
  for (const region of regions) group.pool(region).charge(50);
  return dmem;
}

describe.each(["min", "low", "max"])("a write of drm.%s for two regions", (limit) => {
  // The first region had its limit already.
  test("that cannot have the lock sets neither", async () => {
    const failures = await failEach(() => {
      const dmem = twoRegions(true);
      const group = dmem.cgroup("/a");
      const attempt = () => group.write(`drm.${limit}`, BOTH);
      return { fault: lockedChanges(dmem), attempt, state: () => controllerState(dmem) };
    });
    expect(failures).toBe(2);
  });

  test("of which one cannot have a counter sets neither", async () => {
    const failures = await failEach(() => {
      const dmem = twoRegions(false);
      const pools = dmem.regions.map((region) => dmem.cgroup("/a").pool(region));
      const attempt = () => dmem.cgroup("/a").write(`drm.${limit}`, BOTH);
      const state = () => pools.map(({ min, low, max }) => [min, low, max]);
      return { fault: lackOf("pools", dmem), attempt, state };
    });
    expect(failures).toBe(4);
  });
});

describe("a callback that fails while max is lowered", () => {
  test("leaves the old max in force", async () => {
    const failures = await failEach(() => {
      const { dmem, region, pool } = onePool();
      const fault = new CountedFault();
      pool.charge(100);
      pool.max = 200;
      region.reclaim = (full) => {
        fault.strike("A callback");
        full.uncharge(20);
      };
      const state = () => [pool.max, pool.held === pool.usage, dmem.root.pool(region).usage === pool.usage];
      return { fault, attempt: () => pool.cgroup.write("dmem.max", "vram 40"), state };
    });
    expect(failures).toBe(3);
  });

  test("leaves the old max of all regions of one write in force", async () => {
    const failures = await failEach(() => {
      const dmem = twoRegions(true);
      const fault = new CountedFault();
      const pools = dmem.regions.map((region) => dmem.cgroup("/a").pool(region));
      for (const region of dmem.regions) {
        region.reclaim = (full) => {
          fault.strike("A callback");
          full.uncharge(full.held);
        };
      }
      const attempt = () => dmem.cgroup("/a").write("drm.max", BOTH);
      return { fault, attempt, state: () => pools.map(({ max }) => max) };
    });
    expect(failures).toBe(2);
  });

  test("does not keep another thread's request from being answered", async () => {
    const { region, pool } = onePool();
    const fault = new CountedFault();
    pool.charge(100);
    region.reclaim = (full, bytes) => {
      fault.strike("A callback");
      full.uncharge(bytes);
    };
    fault.arm(1);
    await expect(pool.reclaim(10)).rejects.toThrow("made to fail");
    expect([pool.usage, await pool.reclaim(10), pool.usage]).toEqual([100, 10, 90]);
  });
});
