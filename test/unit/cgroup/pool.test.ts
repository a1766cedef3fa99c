import { describe, expect, test, vi } from "vitest";
import { BUSY, COLLECTABLE } from "../../../assembly/abi.ts";
import { show } from "../../../src/core/bytes.ts";
import { Dmem } from "../../../src/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import {
  attachTo,
  coreOf,
  expectRefusalUnchanged,
  onceAfter,
  onePool,
  seenBy,
  slotsUsed,
  smallDmem,
} from "../../support/small-dmem.ts";

describe("the handle", () => {
  test("is the same object every time", () => {
    const { dmem, group, region, pool } = onePool();
    expect(group.pool(region)).toBe(pool);
    pool.charge(1);
    expect(dmem.cgroup("/a").pool(dmem.region("vram"))).toBe(pool);
  });

  test("is another one for another group, region or agent", () => {
    const { dmem, group, region, pool } = onePool();
    const other = dmem.registerRegion("other", { size: 1 });
    const handles = [pool, dmem.root.pool(region), group.pool(other), seenBy(attachTo(dmem), pool)];
    expect(new Set(handles).size).toBe(4);
  });

  test("knows its group, its region and the pool above", () => {
    const { dmem, group, region, pool } = onePool();
    const top = dmem.root.pool(region);
    expect([pool.cgroup, pool.region, pool.parent, top.parent]).toEqual([group, region, top, null]);
    expect(String(pool)).toBe("/a vram");
  });

  test("makes no counter before the first charge or limit", () => {
    const { dmem, pool } = onePool();
    expect(pool).toMatchObject({ usage: 0, peak: 0, held: 0, attached: false });
    expect(pool.values()).toEqual({ usage: 0n, peak: 0n, min: 0n, low: 0n, high: 0n, max: 2n ** 51n - 1n });
    expect(slotsUsed(dmem)).toMatchObject({ pools: 0, accounts: 0 });
  });

  test("makes the counters of all ancestors with its own", () => {
    const { dmem, group, region, pool } = onePool();
    const leaf = group.mkdir("b").mkdir("c").pool(region);
    leaf.charge(0);
    expect(slotsUsed(dmem)).toMatchObject({ pools: 4, accounts: 1 });
    expect([leaf.attached, pool.attached, dmem.root.pool(region).attached]).toEqual([true, true, true]);
  });

  test("makes its counter for a limit too", () => {
    const { dmem, pool } = onePool();
    pool.low = 5;
    expect([pool.attached, slotsUsed(dmem)]).toMatchObject([true, { pools: 2, accounts: 0 }]);
  });

  test("finds the counter that another agent made", () => {
    const { dmem, pool } = onePool();
    const same = seenBy(attachTo(dmem), pool);
    same.charge(5);
    expect(pool).toMatchObject({ attached: true, usage: 5, peak: 5, held: 0 });
  });
});

describe("peak", () => {
  test("is the largest usage, and stays when usage falls", () => {
    const { dmem, region, pool } = onePool();
    pool.charge(5);
    pool.uncharge(4);
    pool.tryCharge(3);
    expect([pool.peak, dmem.root.pool(region).peak]).toEqual([5, 5]);
    pool.charge(2);
    expect(pool.peak).toBe(6);
  });

  test("does not count a charge that was refused, at any level", () => {
    const { group, region, pool } = onePool();
    const below = group.mkdir("b").pool(region);
    pool.max = 10;
    below.charge(4);
    expect(below.tryCharge(7)).toBe(pool);
    expect([below.peak, pool.peak]).toEqual([4, 4]);
  });

  test("counts a charge that goes over max", () => {
    const { pool } = onePool();
    pool.max = 1;
    pool.charge(5);
    expect(pool.peak).toBe(5);
  });

  test("is that of the sum where two groups meet", () => {
    const { dmem, region, pool } = onePool();
    const other = dmem.root.mkdir("b").pool(region);
    pool.charge(5);
    pool.uncharge(5);
    other.charge(3);
    pool.charge(1);
    expect([pool.peak, other.peak, dmem.root.pool(region).peak]).toEqual([5, 3, 5]);
  });
});

describe("what is no region of this controller is refused:", () => {
  test.each([null, undefined, "vram", 1, {}])("%s", (value) => {
    const { dmem, group } = onePool();
    expectRefusalUnchanged(dmem, () => group.pool(value as never), "TypeError", "registerRegion", show(value));
  });

  test("the region of another controller", () => {
    const { dmem, group } = onePool();
    const { region } = onePool();
    expectRefusalUnchanged(dmem, () => group.pool(region), "TypeError", '"vram"', "another controller");
  });

  test("the region of a larger controller, whose id is beyond all here", () => {
    const { dmem, group } = onePool();
    using larger = Dmem.create({ capacity: { regions: 500 } });
    const regions = Array.from({ length: 500 }, (_, i) => larger.registerRegion(`r${i}`, { size: 1 }));
    for (const region of regions) {
      expectRefusalUnchanged(dmem, () => group.pool(region), "TypeError", `"${region.name}"`, "another controller");
    }
  });

  test("the handle of another agent of this controller", () => {
    const { dmem, region } = onePool();
    const other = attachTo(dmem);
    expectRefusalUnchanged(dmem, () => other.root.pool(region), "TypeError", "another controller");
  });
});

describe("after rmdir", () => {
  test("the group has no pool any more", () => {
    const { dmem, group, region, pool } = onePool();
    group.rmdir();
    expectRefusalUnchanged(dmem, () => group.pool(region), "ENODEV", '"/a"');
    expect(pool).toMatchObject({ usage: 0, attached: false });
  });

  test("a group that never had the controller has none either", () => {
    const dmem = smallDmem({ subtreeControl: "manual" });
    const region = dmem.registerRegion("vram", { size: 1 });
    const group = dmem.root.mkdir("a");
    group.rmdir();
    expectRefusalUnchanged(dmem, () => group.pool(region), "ENODEV", '"/a"');
  });

  test.each(["tryCharge", "charge"] as const)("%s is refused, used or not", (operation) => {
    const { dmem, group, region, pool } = onePool();
    const unused = group.pool(dmem.registerRegion("other", { size: 1 }));
    pool.charge(5);
    group.rmdir();
    expectRefusalUnchanged(dmem, () => pool[operation](1), "ENODEV", 'vram in "/a"');
    expectRefusalUnchanged(dmem, () => unused[operation](1), "ENODEV", 'other in "/a"');
    expect([pool.usage, dmem.root.pool(region).usage]).toEqual([5, 5]);
  });

  test("what is charged stays and can be returned", () => {
    const { dmem, group, region, pool } = onePool();
    pool.charge(5);
    group.rmdir();
    pool.uncharge(2);
    expect(pool).toMatchObject({ usage: 3, held: 3, peak: 5, attached: true });
    pool.uncharge(3);
    expect(pool).toMatchObject({ usage: 0, held: 0, peak: 0, attached: false });
    expect(dmem.root.pool(region).usage).toBe(0);
    pool.uncharge(0);
    expectRefusalUnchanged(dmem, () => pool.uncharge(1), "ENODEV", 'vram in "/a"', "removed");
  });
});

test("questions about a counter that another thread frees in that moment are answered as if there was none", () => {
  const { group, pool } = onePool();
  pool.charge(5);
  pool.max = 7;
  const id = pool.find();
  pool.uncharge(5);
  group.rmdir();
  const find = vi.spyOn(pool, "find");
  const found = <T>(question: () => T): T => {
    find.mockReturnValueOnce(id); // once told as ENODEV
    return question();
  };
  expect(found(() => pool.effectiveProtection())).toEqual({ min: 0, low: 0 });
  expect(found(() => pool.evictValuable(null))).toEqual({ valuable: false, hitLow: false });
  expect([found(() => pool.belowMin()), found(() => pool.belowLow())]).toEqual([true, true]);
  expect(found(() => pool.values())).toMatchObject({ usage: 0n, peak: 0n, max: 2n ** 51n - 1n });
});

test("the parent's pool is not made any more once the region is unregistered", () => {
  const { region, pool } = onePool();
  region.unregister();
  expectRefusal(() => pool.parent, "ENODEV", "was unregistered");
});

describe("a pool is retired", () => {
  test("when its group is removed", () => {
    const { group, pool } = onePool();
    expect(pool.retired).toBe(false);
    group.rmdir();
    expect(pool.retired).toBe(true);
  });

  test("when the controller is switched off there", () => {
    const dmem = smallDmem({ subtreeControl: "manual" });
    const { root } = dmem;
    root.write("cgroup.subtree_control", "+dmem");
    const pool = root.mkdir("a").pool(dmem.registerRegion("vram", { size: 1 }));
    expect(pool.retired).toBe(false);
    root.write("cgroup.subtree_control", "-dmem");
    expect(pool.retired).toBe(true);
  });
});

test("what meets a closed gate waits until it is open, and is done then", () => {
  const { pool } = onePool();
  const core = coreOf(pool);
  const pass = vi.spyOn(core, "passGate");
  pool.charge(1);
  for (const call of ["tryCharge", "charge", "uncharge"] as const) vi.spyOn(core.call, call).mockReturnValueOnce(BUSY);
  expect(pool.tryCharge(5)).toBeNull();
  pool.charge(3);
  pool.uncharge(2);
  expect([pool.usage, pass.mock.calls.length]).toEqual([7, 3]);
});

test("whoever is refused last after a counter was retired frees its slot", () => {
  const { dmem, group, pool } = onePool();
  pool.charge(5);
  group.rmdir();
  const { call } = coreOf(pool);
  expect(call.uncharge(pool.account(), pool.stamp, 5)).toBe(COLLECTABLE); // as beside a charge that is being refused
  expect(slotsUsed(dmem)).toMatchObject({ cgroups: 2, pools: 2 });
  expectRefusal(() => pool.tryCharge(1), "ENODEV");
  expect(slotsUsed(dmem)).toMatchObject({ cgroups: 1, pools: 1 });
});

describe("returning what this thread never charged", () => {
  test("opens no account", () => {
    const { dmem, pool } = onePool();
    const other = attachTo(dmem);
    const same = seenBy(other, pool);
    pool.charge(5);
    const { accounts } = slotsUsed(dmem);
    expectRefusal(() => same.uncharge(1), "EINVAL", "0 bytes");
    expect(slotsUsed(dmem).accounts).toBe(accounts);
  });

  test("is refused in linux-7.3 semantics where there is no counter", () => {
    const { dmem, pool } = onePool({ semantics: "linux-7.3" });
    expectRefusalUnchanged(dmem, () => pool.uncharge(1), "EINVAL", "0 bytes");
  });
});

describe("a counter that another agent frees in the moment in which it is", () => {
  test("made is none, and not what comes to use its slot", () => {
    const { dmem, region, pool } = onePool();
    const other = attachTo(dmem);
    onceAfter(coreOf(pool), "createPool", () => {
      other.cgroup("/a").rmdir();
      other.root.mkdir("b").pool(other.region("vram")).charge(9);
    });
    const limit = () => Object.assign(pool, { max: 5 });
    expectRefusal(limit, "ENODEV", "was removed, or its controller switched off");
    expect(dmem.cgroup("/b").pool(region).max).toBe(Number.POSITIVE_INFINITY);
  });

  test("found is none, and not what comes to use its slot", () => {
    const { dmem, pool } = onePool();
    const other = attachTo(dmem);
    const theirs = seenBy(other, pool);
    theirs.charge(5);
    onceAfter(coreOf(pool), "findPool", () => {
      theirs.uncharge(5);
      theirs.cgroup.rmdir();
      other.root.mkdir("b").pool(other.region("vram")).charge(9);
    });
    expect([pool.find(), pool.usage]).toEqual([0, 0]);
  });
});

test("a pool without a counter has no stock, and leaves those of others alone", () => {
  const { dmem, region, pool } = onePool();
  const none = dmem.root.mkdir("b").pool(region);
  pool.stock({ batch: 100 });
  pool.tryCharge(5);
  none.drain();
  expect([none.stocked, pool.stocked]).toEqual([0, 100]);
});
