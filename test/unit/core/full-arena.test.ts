import { describe, expect, test } from "vitest";
import { Dmem } from "../../../src/index.ts";
import { attachTo, expectRefusalUnchanged, onePool, seenBy, slotsUsed, smallDmem } from "../../support/small-dmem.ts";

// Everything has a capacity. A full arena refuses with its name, changes nothing, and goes on as soon as one is free.

describe("too many cgroups", () => {
  test("are refused until one is removed", () => {
    const dmem = smallDmem({ capacity: { cgroups: 4 } });
    const groups = ["a", "b", "c"].map((name) => dmem.root.mkdir(name));
    expectRefusalUnchanged(dmem, () => dmem.root.mkdir("d"), "ENOSPC", '"/d"', "capacity.cgroups");
    groups[1]?.rmdir();
    dmem.root.mkdir("d");
    expectRefusalUnchanged(dmem, () => groups[0]?.mkdir("e"), "ENOSPC", '"/a/e"', "capacity.cgroups");
    expect(dmem.root.children.map(({ name }) => name)).toEqual(["a", "c", "d"]);
  });

  test("include removed ones until their charges are returned", () => {
    const { dmem, group, pool } = onePool({ capacity: { cgroups: 2 } });
    pool.charge(5);
    group.rmdir();
    expectRefusalUnchanged(dmem, () => dmem.root.mkdir("b"), "ENOSPC", "capacity.cgroups");
    pool.uncharge(4);
    expectRefusalUnchanged(dmem, () => dmem.root.mkdir("b"), "ENOSPC", "capacity.cgroups");
    pool.uncharge(1);
    expect(dmem.root.mkdir("b").path).toBe("/b");
  });
});

describe("too many regions", () => {
  test("are refused until one is unregistered", () => {
    const dmem = smallDmem({ capacity: { regions: 2 } });
    const first = dmem.registerRegion("a", { size: 1 });
    dmem.registerRegion("b", { size: 1 });
    expectRefusalUnchanged(dmem, () => dmem.registerRegion("c", { size: 1 }), "ENOSPC", '"c"', "capacity.regions");
    first.unregister();
    expect(dmem.registerRegion("c", { size: 1 }).registered).toBe(true);
  });

  test("include unregistered ones until their charges are returned", () => {
    const { dmem, region, pool } = onePool({ capacity: { regions: 1 } });
    pool.charge(5);
    region.unregister();
    expectRefusalUnchanged(dmem, () => dmem.registerRegion("b", { size: 1 }), "ENOSPC", "capacity.regions");
    pool.uncharge(5);
    expect(dmem.registerRegion("b", { size: 1 }).registered).toBe(true);
  });
});

describe("too many pools", () => {
  test("are refused until a group with one is removed", () => {
    const { dmem, region, group, pool } = onePool({ capacity: { pools: 2 } });
    const other = dmem.root.mkdir("b").pool(region);
    pool.charge(0);
    for (const attempt of [() => other.tryCharge(1), () => other.charge(1), () => Object.assign(other, { low: 1 })]) {
      expectRefusalUnchanged(dmem, attempt, "ENOSPC", 'vram in "/b"', "capacity.pools");
    }
    const write = () => other.cgroup.write("dmem.max", "vram 5");
    expectRefusalUnchanged(dmem, write, "ENOSPC", 'vram in "/b"', "capacity.pools");
    group.rmdir();
    expect([other.tryCharge(1), other.usage]).toEqual([null, 1]);
  });

  test("are not made in part: all levels or none", () => {
    const { dmem, region, group, pool } = onePool({ capacity: { pools: 3 } });
    const deep = group.mkdir("b").mkdir("c").pool(region);
    expectRefusalUnchanged(dmem, () => deep.charge(1), "ENOSPC", '"/a/b/c"', "capacity.pools");
    expect([slotsUsed(dmem).pools, pool.attached]).toEqual([0, false]);
    group.child("b")?.pool(region).charge(1);
    expect(slotsUsed(dmem).pools).toBe(3);
  });
});

describe("too many agents", () => {
  test("are refused until one is disposed of", () => {
    const dmem = smallDmem({ capacity: { agents: 2 } });
    const other = attachTo(dmem);
    expectRefusalUnchanged(dmem, () => Dmem.attach(dmem.handle), "ENOSPC", "This thread", "capacity.agents");
    other.dispose();
    expect(attachTo(dmem).root.path).toBe("/");
  });
});

describe("too many accounts", () => {
  test("are refused until an agent with one is disposed of", () => {
    const { dmem, region, pool } = onePool({ capacity: { accounts: 2 } });
    const other = attachTo(dmem);
    pool.charge(1);
    seenBy(other, pool).charge(1);
    const beside = dmem.root.mkdir("b").pool(region);
    beside.low = 1; // makes the counter, which stays
    for (const attempt of [() => beside.tryCharge(1), () => beside.charge(1)]) {
      expectRefusalUnchanged(dmem, attempt, "ENOSPC", 'vram in "/b"', "capacity.accounts");
    }
    other.dispose();
    beside.charge(1);
    expect([pool.usage, beside.usage]).toEqual([1, 1]);
  });

  // Whoever had no room for an account was left with the counters that it had made for it, and with their slots.
  test("make no counters either", () => {
    const { dmem, region, pool } = onePool({ capacity: { accounts: 1 } });
    pool.charge(1);
    const beside = dmem.root.mkdir("b").pool(region);
    expectRefusalUnchanged(dmem, () => beside.charge(1), "ENOSPC", 'vram in "/b"', "capacity.accounts");
  });

  test("do not keep an agent from a slot that it has an account for", () => {
    const { dmem, region, group, pool } = onePool({ capacity: { accounts: 2 } });
    pool.charge(1);
    pool.uncharge(1);
    dmem.root.mkdir("b").pool(region).charge(1);
    group.rmdir();
    const again = dmem.root.mkdir("c").pool(region);
    again.charge(1);
    expect([again.usage, slotsUsed(dmem).accounts]).toEqual([1, 2]);
  });

  test("keep an agent from a slot that another has an account for", () => {
    const { dmem, region, group, pool } = onePool({ capacity: { accounts: 1 } });
    pool.charge(0);
    group.rmdir();
    const theirs = seenBy(attachTo(dmem), dmem.root.mkdir("b").pool(region));
    expectRefusalUnchanged(dmem, () => theirs.charge(1), "ENOSPC", 'vram in "/b"', "capacity.accounts");
  });
});

describe("too many tickets", () => {
  test("are refused until one is adopted", () => {
    const { dmem, pool } = onePool({ capacity: { tickets: 2 } });
    pool.charge(10);
    const first = pool.handOver(1);
    pool.handOver(1);
    expectRefusalUnchanged(dmem, () => pool.handOver(1), "ENOSPC", 'vram in "/a"', "capacity.tickets");
    expect(pool.held).toBe(8);
    pool.adopt(first);
    expect(pool.handOver(9)).toBeGreaterThan(0);
  });
});

/** Uses some of every kind; what is refused on the way is left as it is. */
function scenario(dmem: Dmem): void {
  const regions = ["r1", "r2"].map((name) => dmem.registerRegion(name, { size: 1 }));
  const group = dmem.root.mkdir("a").mkdir("b");
  const beside = dmem.root.mkdir("c");
  for (const region of regions) {
    for (const pool of [group.pool(region), beside.pool(region)]) {
      pool.max = 100;
      pool.charge(10);
      pool.handOver(3);
    }
  }
}

/** Removes every group below, the deepest first. */
function removeAll(dmem: Dmem, path = "/"): void {
  for (const child of dmem.cgroup(path).children) {
    removeAll(dmem, child.path);
    child.rmdir();
  }
}

describe.each(["cgroups", "regions", "pools", "accounts", "tickets"] as const)(
  "with too few %s for a program",
  (name) => {
    test("it fails at every place in turn, and nothing leaks", () => {
      let [capacity, done] = [0, false];
      while (!done) {
        capacity++;
        const dmem = smallDmem({ capacity: { [name]: capacity } });
        const before = slotsUsed(dmem);
        const other = attachTo(dmem);
        try {
          scenario(other);
          done = true;
        } catch (error) {
          expect(error).toMatchObject({ code: "ENOSPC", message: expect.stringContaining(`capacity.${name} `) });
        }
        other.dispose();
        removeAll(dmem);
        for (const region of dmem.regions) region.unregister();
        expect(slotsUsed(dmem)).toEqual(before);
      }
      expect(capacity).toBeGreaterThan(1);
    });
  },
);
