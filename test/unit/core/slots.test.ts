import { describe, expect, test } from "vitest";
import { Dmem } from "../../../src/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { attachTo, expectRefusalUnchanged, onePool, seenBy, slotsUsed, smallDmem } from "../../support/small-dmem.ts";

describe("slots are used again:", () => {
  const ROUNDS = 5_000;

  test("groups that are removed with charges, thousands of times", () => {
    const { dmem, region } = onePool({ capacity: { cgroups: 3, pools: 3, accounts: 3 } });
    for (let i = 0; i < ROUNDS; i++) {
      const group = dmem.root.mkdir(`g${i % 3}`);
      const pool = group.pool(region);
      pool.charge(i + 1);
      group.rmdir();
      pool.uncharge(i + 1);
    }
    expect(dmem.root.pool(region).usage).toBe(0);
    expect(slotsUsed(dmem)).toMatchObject({ cgroups: 2, pools: 1 });
  });

  test("groups that were only refused a charge", () => {
    const { dmem, region } = onePool({ capacity: { cgroups: 3, pools: 3, accounts: 3 } });
    for (let i = 0; i < ROUNDS; i++) {
      const group = dmem.root.mkdir("b");
      group.pool(region).max = 5;
      expect(group.pool(region).tryCharge(6)).toBe(group.pool(region));
      group.rmdir();
    }
    expect(slotsUsed(dmem)).toMatchObject({ cgroups: 2, pools: 1 });
  });

  test("regions that are unregistered with charges", () => {
    const dmem = smallDmem({ capacity: { regions: 1, pools: 2, accounts: 2 } });
    const group = dmem.root.mkdir("a");
    for (let i = 0; i < ROUNDS; i++) {
      const region = dmem.registerRegion("vram", { size: i + 1 });
      const pool = group.pool(region);
      pool.charge(5);
      region.unregister();
      pool.uncharge(5);
    }
    expect(slotsUsed(dmem)).toMatchObject({ regions: 0, pools: 0 });
  });

  test("tickets", () => {
    const { dmem, pool } = onePool({ capacity: { tickets: 1 } });
    pool.charge(5);
    const seen = new Set<number>();
    for (let i = 0; i < ROUNDS; i++) {
      const ticket = pool.handOver(5);
      seen.add(ticket);
      expect(pool.adopt(ticket)).toBe(5);
    }
    expect([seen.size, slotsUsed(dmem).tickets]).toEqual([ROUNDS, 0]);
  });

  test("agents, with what they held", () => {
    const { dmem, pool } = onePool({ capacity: { agents: 2, accounts: 2 } });
    for (let i = 0; i < 300; i++) {
      const other = Dmem.attach(dmem.handle);
      seenBy(other, pool).charge(1);
      other.dispose();
    }
    expect([pool.usage, slotsUsed(dmem)]).toMatchObject([0, { agents: 1, accounts: 0 }]);
  });
});

describe("an old handle never reaches the next use of its slot:", () => {
  test("a pool's", () => {
    const { dmem, region, group, pool } = onePool({ capacity: { cgroups: 2, pools: 2 } });
    pool.charge(5);
    group.rmdir();
    pool.uncharge(5);
    const next = dmem.root.mkdir("b").pool(region);
    next.charge(7);
    next.max = 9;
    for (const attempt of [
      () => pool.charge(1),
      () => pool.tryCharge(1),
      () => pool.uncharge(1),
      () => pool.handOver(1),
    ]) {
      expectRefusalUnchanged(dmem, attempt, "ENODEV", 'vram in "/a"');
    }
    expectRefusalUnchanged(dmem, () => Object.assign(pool, { max: 1 }), "ENODEV", "/a");
    const nothing = { usage: 0, peak: 0, held: 0, min: 0, low: 0, max: Number.POSITIVE_INFINITY, attached: false };
    expect(pool).toMatchObject(nothing);
    expect(next).toMatchObject({ usage: 7, held: 7, max: 9 });
  });

  test("a pool's that was never charged", () => {
    const { dmem, region, group, pool } = onePool({ capacity: { cgroups: 2, pools: 2 } });
    group.rmdir();
    const next = dmem.root.mkdir("b").pool(region);
    next.charge(7);
    for (const attempt of [() => pool.charge(1), () => pool.tryCharge(1)]) {
      expectRefusalUnchanged(dmem, attempt, "ENODEV", 'vram in "/a"');
    }
    expect([pool.usage, pool.held, next.usage]).toEqual([0, 0, 7]);
  });

  test("a group's", () => {
    const { dmem, region, group } = onePool({ capacity: { cgroups: 2 } });
    group.rmdir();
    const next = dmem.root.mkdir("b");
    expect(next).not.toBe(group);
    const asks = [() => group.mkdir("c"), () => group.rmdir(), () => group.children, () => group.read("dmem.max")];
    for (const ask of asks) expectRefusalUnchanged(dmem, ask, "ENODEV", '"/a"');
    expectRefusalUnchanged(dmem, () => group.pool(region), "ENODEV", '"/a"');
    expect([group.removed, group.path, next.removed]).toEqual([true, "/a", false]);
  });

  test("a region's", () => {
    const { dmem, group, region } = onePool({ capacity: { regions: 1 } });
    region.unregister();
    const next = dmem.registerRegion("next", { size: 1 });
    expectRefusalUnchanged(dmem, () => group.pool(region), "ENODEV", '"vram"');
    expectRefusalUnchanged(dmem, () => region.unregister(), "ENODEV", '"vram"');
    expect([region.registered, next.registered, group.pool(next).usage]).toEqual([false, true, 0]);
  });

  test("one of another agent, which was not asked meanwhile", () => {
    const { dmem, region, group, pool } = onePool({ capacity: { cgroups: 2, pools: 2 } });
    const other = attachTo(dmem);
    const [seenGroup, seenPool] = [other.cgroup("/a"), seenBy(other, pool)];
    seenPool.charge(5);
    seenPool.uncharge(5);
    group.rmdir();
    dmem.root.mkdir("b").pool(region).charge(7);
    expect([seenPool.usage, seenPool.held, seenGroup.removed]).toEqual([0, 0, true]);
    expectRefusal(() => seenPool.charge(1), "ENODEV", 'vram in "/a"');
    expect(other.root.children.map(({ path }) => path)).toEqual(["/b"]);
  });
});
