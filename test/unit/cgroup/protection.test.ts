import { describe, expect, test } from "vitest";
import { Dmem, type Pool } from "../../../src/index.ts";
import { expectRefusalUnchanged, onePool, smallDmem } from "../../support/small-dmem.ts";

interface Child {
  readonly usage: number;
  readonly low: number;
}

/** `/a` with `low`, its children with theirs, and 40 bytes beside it; the children's effective low. */
function shares(low: number, children: readonly Child[]): number[] {
  const { dmem, region, group, pool } = onePool();
  dmem.root.mkdir("beside").pool(region).charge(40);
  pool.low = low;
  const pools = children.map((child, i) => {
    const made = group.mkdir(`${i}`).pool(region);
    made.charge(child.usage);
    made.low = child.low;
    return made;
  });
  return pools.map((child) => child.effectiveProtection().low);
}

test("a group directly below the root has all of its own, used or not", () => {
  const { pool } = onePool();
  pool.charge(1);
  pool.min = 5;
  pool.low = 7;
  expect(pool.effectiveProtection()).toEqual({ min: 5, low: 7 });
  pool.min = Number.POSITIVE_INFINITY;
  expect(pool.effectiveProtection()).toEqual({ min: Number.POSITIVE_INFINITY, low: 7 });
});

test("without usage there is nothing to protect", () => {
  const { dmem, region, pool } = onePool();
  pool.low = 7;
  expect(pool.effectiveProtection()).toEqual({ min: 0, low: 0 });
  expect(dmem.root.mkdir("b").pool(region).effectiveProtection()).toEqual({ min: 0, low: 0 });
});

test("the top, and a pool as seen from itself, are not protected", () => {
  const { dmem, region, pool } = onePool();
  pool.charge(5);
  pool.low = 5;
  expect(dmem.root.pool(region).effectiveProtection()).toEqual({ min: 0, low: 0 });
  expect(pool.effectiveProtection(pool)).toEqual({ min: 0, low: 0 });
});

describe("children", () => {
  test("that ask for no more than the parent has get what they use of it", () => {
    expect(
      shares(30, [
        { usage: 20, low: 10 },
        { usage: 10, low: 20 },
      ]),
    ).toEqual([20, 10]);
    expect(
      shares(20, [
        { usage: 20, low: 10 },
        { usage: 10, low: 20 },
      ]),
    ).toEqual([10, 10]);
  });

  test("that ask for more share it in proportion, rounded down", () => {
    expect(
      shares(10, [
        { usage: 20, low: 20 },
        { usage: 20, low: 20 },
      ]),
    ).toEqual([5, 5]);
    expect(
      shares(10, [
        { usage: 10, low: 99 },
        { usage: 20, low: 20 },
      ]),
    ).toEqual([3, 6]);
  });

  test("that use nothing get nothing", () => {
    expect(
      shares(10, [
        { usage: 0, low: 10 },
        { usage: 10, low: 10 },
      ]),
    ).toEqual([0, 10]);
  });

  test("share what nobody asks for in proportion to what is not protected", () => {
    expect(
      shares(30, [
        { usage: 10, low: 0 },
        { usage: 20, low: 0 },
      ]),
    ).toEqual([10, 20]);
    expect(
      shares(15, [
        { usage: 10, low: 0 },
        { usage: 20, low: 0 },
      ]),
    ).toEqual([5, 10]);
    expect(
      shares(15, [
        { usage: 10, low: 3 },
        { usage: 20, low: 0 },
      ]),
    ).toEqual([3 + 3, 8]);
  });

  test("of a parent without protection have none against others", () => {
    expect(shares(0, [{ usage: 10, low: 10 }])).toEqual([0]);
  });
});

test("large amounts are shared exactly", () => {
  const TERA = 2 ** 40;
  expect(
    shares(300 * TERA + 1, [
      { usage: 200 * TERA, low: 2 ** 50 },
      { usage: 400 * TERA, low: 2 ** 50 },
    ]),
  ).toEqual([100 * TERA, 200 * TERA]);
});

test("protection is seen from the given root", () => {
  const { dmem, region, group, pool } = onePool();
  const below = group.mkdir("b").pool(region);
  below.charge(10);
  below.low = 10;
  expect(below.effectiveProtection(pool).low).toBe(10);
  expect(below.effectiveProtection(dmem.root.pool(region)).low).toBe(0);
  expect(below.effectiveProtection(null)).toEqual(below.effectiveProtection());
});

describe.each(["effectiveProtection", "belowMin", "belowLow"] as const)(
  "%s refuses a root that is not above",
  (ask) => {
    test.each([
      ["none has a counter", 0, 0],
      ["the pool has a counter", 1, 0],
      ["the root has a counter", 0, 1],
      ["both have", 1, 1],
    ])("%s", (_, own, others) => {
      const { dmem, region, group } = onePool();
      const [test, beside] = [group.mkdir("test").pool(region), group.mkdir("beside").pool(region)];
      if (own > 0) test.charge(own);
      if (others > 0) beside.charge(others);
      expectRefusalUnchanged(dmem, () => test[ask](beside), "EINVAL", '"/a/test"', "not below");
    });

    test("it is of another region", () => {
      const { dmem, group, pool } = onePool();
      const other = group.pool(dmem.registerRegion("gtt", { size: 1 }));
      expectRefusalUnchanged(dmem, () => pool[ask](other), "EINVAL", "vram", "not below");
    });
  },
);

test("what a group has left behind is not below a group above that has begun anew", () => {
  const { dmem, region, group } = onePool();
  const below = group.mkdir("b");
  const left = below.pool(region);
  left.charge(10);
  below.rmdir();
  group.write("cgroup.subtree_control", "-dmem");
  for (const controller of ["-dmem", "+dmem"]) dmem.root.write("cgroup.subtree_control", controller);
  const anew = group.pool(region);
  anew.charge(1);
  expectRefusalUnchanged(dmem, () => left.effectiveProtection(anew), "EINVAL", "not below");
  expectRefusalUnchanged(dmem, () => left.belowMin(anew), "EINVAL", "not below");
});

test("a removed group no longer takes a share, though it still uses memory", () => {
  const { dmem, region, group, pool } = onePool();
  dmem.root.mkdir("beside").pool(region).charge(10);
  const [one, two] = ["1", "2"].map((name) => group.mkdir(name).pool(region)) as [Pool, Pool];
  pool.low = 10;
  for (const child of [one, two]) {
    child.charge(10);
    child.low = 10;
  }
  expect(two.effectiveProtection().low).toBe(5);
  one.cgroup.rmdir();
  expect(two.effectiveProtection().low).toBe(10);
});

test("asking changes nothing", () => {
  const { dmem, region, group, pool } = onePool();
  const below = group.mkdir("b").pool(region);
  below.charge(10);
  pool.low = below.low = 5;
  const before = [pool.values(), below.values()];
  below.effectiveProtection();
  below.evictValuable(dmem.root.pool(region));
  expect([pool.values(), below.values()]).toEqual(before);
});

test("the deepest group of a tree has its protection", () => {
  using dmem = Dmem.create({ capacity: { cgroups: 1025, pools: 1025, accounts: 10 } });
  const region = dmem.registerRegion("vram", { size: 1 });
  let group = dmem.root;
  for (let depth = 1; depth <= 1024; depth++) {
    group = group.mkdir("d");
    group.pool(region).low = 10;
  }
  group.pool(region).charge(10);
  expect(group.pool(region).effectiveProtection().low).toBe(10);
  expect(group.pool(region).evictValuable(dmem.root.pool(region))).toEqual({ valuable: false, hitLow: true });
});

test("in linux-7.3 semantics an answer stays behind where there is nothing new to find", () => {
  const dmem = smallDmem({ semantics: "linux-7.3" });
  const region = dmem.registerRegion("vram", { size: 1 });
  const pool = dmem.root.mkdir("a").pool(region);
  const beside = dmem.root.mkdir("b").pool(region);
  pool.charge(10);
  beside.charge(10);
  pool.low = 10;
  expect([pool.belowLow(beside), pool.belowLow(), pool.belowLow(beside)]).toEqual([false, true, true]);
});

// Only what was asked for stayed behind.
test("in linux-7.3 semantics a question about one of min and low leaves both behind", () => {
  const { group, region, pool } = onePool({ semantics: "linux-7.3" });
  const below = group.mkdir("b").pool(region);
  below.charge(0);
  pool.charge(10);
  Object.assign(pool, { min: 10, low: 20 });
  expect([pool.belowLow(below), pool.belowLow(), pool.belowMin(below)]).toEqual([false, true, true]);
});

// Whoever asked was answered as if he had named no root, if that had not been charged or limited yet.
test("in linux-7.3 semantics a root that is no ancestor finds nothing new, whether or not its counter exists", () => {
  const { group, region, pool } = onePool({ semantics: "linux-7.3" });
  const below = group.mkdir("b").pool(region);
  pool.charge(10);
  Object.assign(pool, { min: 10, low: 10 });
  const ask = () => [pool.belowMin(below), pool.belowLow(below)];
  expect([ask(), pool.belowMin(), ask()]).toEqual([[false, false], true, [true, true]]);
});
