import { describe, expect, test, vi } from "vitest";
import { Tree } from "../../../src/cgroup/tree.ts";
import { show } from "../../../src/core/bytes.ts";
import { BAD_AMOUNTS } from "../../support/bad-amounts.ts";
import {
  attachTo,
  coreOf,
  expectRefusalUnchanged,
  onePool,
  seenBy,
  slotsUsed,
  smallDmem,
} from "../../support/small-dmem.ts";

describe("registerRegion", () => {
  test("makes a region that every agent sees, in order of registration", () => {
    const dmem = smallDmem();
    const first = dmem.registerRegion("b", { size: 10 });
    const second = dmem.registerRegion("a", { size: 2 ** 53 - 1 });
    expect(dmem.regions).toEqual([first, second]);
    expect(first).toMatchObject({ name: "b", size: 10, registered: true, reclaim: undefined });
    expect(attachTo(dmem).regions.map(({ name, size }) => [name, size])).toEqual([
      ["b", 10],
      ["a", 2 ** 53 - 1],
    ]);
    expect(String(first)).toBe('Region "b"');
  });

  test("refuses a name that is taken, until it is free again", () => {
    const dmem = smallDmem();
    const region = dmem.registerRegion("a", { size: 1 });
    expectRefusalUnchanged(dmem, () => dmem.registerRegion("a", { size: 2 }), "EEXIST", 'Region "a"');
    region.unregister();
    expect(dmem.registerRegion("a", { size: 2 }).size).toBe(2);
  });

  test.each([...BAD_AMOUNTS, 0, "1", 1n, null, undefined])("refuses a size of %s", (size) => {
    const dmem = smallDmem();
    const register = () => dmem.registerRegion("a", { size: size as never });
    expectRefusalUnchanged(dmem, register, "RangeError", "size", "from 1 to 2^53-1", String(size));
    expect(dmem.registerRegion("a", { size: 1 }).size).toBe(1);
  });

  test.each([undefined, null, 5])("refuses %s for options", (options) => {
    const dmem = smallDmem();
    expectRefusalUnchanged(dmem, () => dmem.registerRegion("a", options as never), "RangeError", "size");
  });

  test.each([null, "reclaim", {}])("refuses %s for a callback", (reclaim) => {
    const dmem = smallDmem();
    const register = () => dmem.registerRegion("a", { size: 1, reclaim: reclaim as never });
    expectRefusalUnchanged(dmem, register, "TypeError", "reclaim is a function");
  });

  test("gives each agent a callback of its own", () => {
    const dmem = smallDmem();
    const reclaim = () => undefined;
    const region = dmem.registerRegion("a", { size: 1, reclaim });
    expect([region.reclaim, attachTo(dmem).region("a").reclaim]).toEqual([reclaim, undefined]);
  });
});

describe("region", () => {
  test("is the same object every time", () => {
    const dmem = smallDmem();
    const region = dmem.registerRegion("a", { size: 1 });
    expect(dmem.region("a")).toBe(region);
    expect(dmem.regions[0]).toBe(region);
  });

  test("is of one use of its record, even if that changes while its name is read", () => {
    const { dmem, pool } = onePool();
    const core = coreOf(seenBy(attachTo(dmem), pool));
    const gone = dmem.registerRegion("gone", { size: 1 });
    const name = core.name.bind(core);
    vi.spyOn(core, "name").mockImplementationOnce((...at) => {
      gone.unregister();
      dmem.registerRegion("came", { size: 1 });
      return name(...at);
    });
    expect(new Tree(core).region(gone.id)).toMatchObject({ name: "came", registered: true });
  });

  test("of an unknown name is refused with those that are known", () => {
    const dmem = smallDmem();
    expectRefusalUnchanged(dmem, () => dmem.region("a"), "ENOENT", '"a"', "none");
    dmem.registerRegion("b", { size: 1 });
    expectRefusalUnchanged(dmem, () => dmem.region("a"), "ENOENT", '"a"', '"b"');
  });
});

describe("unregister", () => {
  test("takes the region out for every agent", () => {
    const { dmem, region } = onePool();
    const seen = attachTo(dmem).region("vram");
    region.unregister();
    expect([dmem.regions, region.registered, seen.registered]).toEqual([[], false, false]);
    expectRefusalUnchanged(dmem, () => dmem.region("vram"), "ENOENT", '"vram"');
  });

  test("is refused the second time, also while charges keep the record", () => {
    const { dmem, region, pool } = onePool();
    pool.charge(5);
    dmem.unregisterRegion(region);
    expectRefusalUnchanged(dmem, () => region.unregister(), "ENODEV", '"vram"');
    pool.uncharge(5);
    expectRefusalUnchanged(dmem, () => dmem.unregisterRegion(region), "ENODEV", '"vram"');
  });

  test.each([null, undefined, "vram", {}])("refuses what is no region: %s", (value) => {
    const { dmem } = onePool();
    expectRefusalUnchanged(
      dmem,
      () => dmem.unregisterRegion(value as never),
      "TypeError",
      "registerRegion",
      show(value),
    );
  });

  test("refuses the region of another controller", () => {
    const [{ dmem }, { region }] = [onePool(), onePool()];
    expectRefusalUnchanged(dmem, () => dmem.unregisterRegion(region), "TypeError", "another controller");
    expect(region.registered).toBe(true);
  });

  test("leaves the others in their order", () => {
    const dmem = smallDmem();
    const [a, b, c] = ["a", "b", "c"].map((name) => dmem.registerRegion(name, { size: 1 }));
    b?.unregister();
    expect(dmem.regions).toEqual([a, c]);
    const d = dmem.registerRegion("d", { size: 1 });
    a?.unregister();
    expect(dmem.regions).toEqual([c, d]);
  });
});

describe("of an unregistered region", () => {
  test.each(["tryCharge", "charge"] as const)("%s is refused, used or not", (operation) => {
    const { dmem, region, pool } = onePool();
    const unused = dmem.root.mkdir("b").pool(region);
    pool.charge(5);
    region.unregister();
    expectRefusalUnchanged(dmem, () => pool[operation](1), "ENODEV", 'vram in "/a"');
    expectRefusalUnchanged(dmem, () => unused[operation](1), "ENODEV", 'vram in "/b"');
    expect(pool).toMatchObject({ usage: 5, attached: false });
  });

  test("a group has no pool any more", () => {
    const { dmem, group, region, pool } = onePool();
    const other = dmem.root.mkdir("b");
    pool.charge(5);
    region.unregister();
    for (const each of [group, other]) {
      expectRefusalUnchanged(dmem, () => each.pool(region), "ENODEV", '"vram"');
    }
  });

  test("the files know nothing any more, and take nothing", () => {
    const { dmem, region, group, pool } = onePool();
    pool.charge(5);
    region.unregister();
    expect([group.read("dmem.current"), dmem.root.read("dmem.capacity")]).toEqual(["", ""]);
    expectRefusalUnchanged(dmem, () => group.write("dmem.max", "vram 5"), "EINVAL", '"vram"', "none");
  });

  test("what is charged can be returned", () => {
    const { dmem, region, pool } = onePool();
    const same = seenBy(attachTo(dmem), pool);
    pool.charge(5);
    same.charge(2);
    region.unregister();
    pool.uncharge(5);
    expect([pool.usage, same.usage]).toEqual([2, 2]);
    same.uncharge(2);
    expect(slotsUsed(dmem)).toMatchObject({ pools: 0, regions: 0, cgroups: 2 });
  });

  test("the group can be removed before or after the charges go", () => {
    const { dmem, group, region, pool } = onePool();
    pool.charge(5);
    region.unregister();
    group.rmdir();
    expect(slotsUsed(dmem)).toMatchObject({ pools: 2, regions: 1, cgroups: 2 });
    pool.uncharge(5);
    expect(slotsUsed(dmem)).toMatchObject({ pools: 0, regions: 0, cgroups: 1 });
  });

  test("nothing is left in the next one of its name", () => {
    const { dmem, group, region, pool } = onePool();
    pool.charge(5);
    pool.max = 7;
    region.unregister();
    const next = dmem.registerRegion("vram", { size: 3 });
    const fresh = group.pool(next);
    expect(next).not.toBe(region);
    expect(fresh).not.toBe(pool);
    expect([fresh.usage, fresh.max, pool.usage]).toEqual([0, Number.POSITIVE_INFINITY, 5]);
    expect(group.read("dmem.current")).toBe("vram 0\n");
    fresh.charge(1);
    expect([fresh.usage, pool.usage]).toEqual([1, 5]);
    expectRefusalUnchanged(dmem, () => pool.charge(1), "ENODEV");
  });
});
