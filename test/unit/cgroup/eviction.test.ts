import { describe, expect, test, vi } from "vitest";
import { BAD_ID } from "../../../assembly/abi.ts";
import {
  attachTo,
  coreOf,
  expectRefusalUnchanged,
  onePool,
  seenBy,
  slotsUsed,
  smallDmem,
} from "../../support/small-dmem.ts";

const VALUABLE = { valuable: true, hitLow: false };
const WITHIN_LOW = { valuable: false, hitLow: true };
const USELESS = { valuable: false, hitLow: false };

/** The pools of `/`, `/a`, `/a/b` and `/c`; 10 bytes are charged to each of the last two. */
function fourPools() {
  const { dmem, region, group, pool: a } = onePool();
  const b = group.mkdir("b").pool(region);
  const c = dmem.root.mkdir("c").pool(region);
  b.charge(10);
  c.charge(10);
  return { dmem, region, top: dmem.root.pool(region), a, b, c };
}

describe("evictValuable", () => {
  test("says yes for a pool that has something and no protection", () => {
    const { top, a, b } = fourPools();
    for (const limit of [null, top, a, b]) expect(b.evictValuable(limit)).toEqual(VALUABLE);
  });

  test("says no for a pool that has nothing, used before or not", () => {
    const { dmem, region, top, b } = fourPools();
    const unused = dmem.root.mkdir("d").pool(region);
    b.uncharge(10);
    for (const pool of [b, unused]) for (const limit of [null, top]) expect(pool.evictValuable(limit)).toEqual(USELESS);
    expect(slotsUsed(dmem).pools).toBe(4);
  });

  test("says yes for the pool whose own limit is full, whatever protects it", () => {
    const { b } = fourPools();
    b.min = b.low = 100;
    expect(b.evictValuable(b)).toEqual(VALUABLE);
  });

  test("says yes for the pool whose own limit is full before it has a counter, and no for any other", () => {
    const { dmem, region, pool } = onePool();
    const top = dmem.root.pool(region);
    expect([pool.evictValuable(pool), pool.evictValuable(top)]).toEqual([VALUABLE, USELESS]);
  });

  test("says yes in linux-7.3 semantics when the root's limit is full, used before or not", () => {
    const { dmem, region, pool } = onePool({ semantics: "linux-7.3" });
    expect(pool.evictValuable(dmem.root.pool(region))).toEqual(VALUABLE);
  });

  test("says no outside of the subtree of the limit", () => {
    const { a, b, c } = fourPools();
    expect([c.evictValuable(a), a.evictValuable(b), b.evictValuable(c)]).toEqual([USELESS, USELESS, USELESS]);
  });

  test("never touches what is within min, and one byte above may go", () => {
    const { top, b } = fourPools();
    b.parent?.charge(0);
    Object.assign(b.parent ?? {}, { min: 10 });
    b.min = 10;
    expect([b.evictValuable(top), b.evictValuable(top, { ignoreLow: true })]).toEqual([USELESS, USELESS]);
    b.min = 9;
    b.charge(1);
    expect(b.evictValuable(top)).toEqual(VALUABLE);
  });

  test("touches what is within low only when it is told to, and one byte above at once", () => {
    const { top, c } = fourPools();
    c.low = 10;
    expect([c.evictValuable(top), c.evictValuable(null)]).toEqual([WITHIN_LOW, WITHIN_LOW]);
    expect(c.evictValuable(top, { ignoreLow: true })).toEqual(VALUABLE);
    expect(c.evictValuable(top, { ignoreLow: false })).toEqual(WITHIN_LOW);
    c.charge(1);
    expect(c.evictValuable(top)).toEqual(VALUABLE);
  });

  test("counts protection from the limit down, not from the top", () => {
    const { top, a, b } = fourPools();
    b.low = 10; // its parent has nothing to protect it with against others
    expect([b.evictValuable(top), b.evictValuable(a)]).toEqual([VALUABLE, WITHIN_LOW]);
    a.low = 10;
    expect(b.evictValuable(top)).toEqual(WITHIN_LOW);
  });

  test("says no when the limit's counter does not exist", () => {
    const { dmem, region, c } = fourPools();
    expect(c.evictValuable(dmem.root.mkdir("d").pool(region))).toEqual(USELESS);
  });

  test("still answers for what is charged to a removed group", () => {
    const { top, b } = fourPools();
    b.cgroup.rmdir();
    expect(b.evictValuable(top)).toEqual(VALUABLE);
  });
});

describe.each([
  ["belowMin", "min"],
  ["belowLow", "low"],
] as const)("%s", (question, limit) => {
  test("is true exactly at the protection, and false one byte above", () => {
    const { top, c } = fourPools();
    c[limit] = 10;
    expect([c[question](), c[question](null), c[question](top)]).toEqual([true, true, true]);
    c.charge(1);
    expect([c[question](), c[question](top)]).toEqual([false, false]);
  });

  test("is true for a pool that uses nothing", () => {
    const { dmem, region, b } = fourPools();
    b.uncharge(10);
    expect([b[question](), dmem.root.mkdir("d").pool(region)[question]()]).toEqual([true, true]);
  });

  test("is false for the top, and as seen from the pool itself", () => {
    const { top, c } = fourPools();
    c[limit] = 10;
    expect([top[question](), c[question](c)]).toEqual([false, false]);
  });

  test("is false for the top and as seen from the pool itself, before there are counters", () => {
    const { dmem, region, pool } = onePool();
    expect([dmem.root.pool(region), pool].map((each) => each[question](pool))).toEqual([false, false]);
  });

  test("is refused as seen from a pool that has no counter, but for linux-7.3 semantics", () => {
    for (const semantics of ["intended", "linux-7.3"] as const) {
      const { dmem, region, pool } = onePool({ semantics });
      const none = dmem.root.mkdir("none").pool(region);
      pool.charge(10);
      if (semantics === "linux-7.3") expect(pool[question](none)).toBe(false);
      else expectRefusalUnchanged(dmem, () => pool[question](none), "EINVAL", "not below the given root");
    }
  });

  test("is refused as seen from a pool that is not above", () => {
    const { dmem, b, c } = fourPools();
    expectRefusalUnchanged(dmem, () => c[question](b), "EINVAL", 'vram in "/c"', "not below");
  });
});

describe("commonAncestor", () => {
  test("is where the two groups meet, in the region of the first", () => {
    const { dmem, region, top, a, b, c } = fourPools();
    const other = dmem.registerRegion("other", { size: 1 });
    const beside = dmem.cgroup("/c").pool(other);
    expect([b.commonAncestor(c), b.commonAncestor(a), a.commonAncestor(b), b.commonAncestor(b)]).toEqual([
      top,
      a,
      a,
      b,
    ]);
    expect(b.commonAncestor(beside)).toBe(top);
    expect(beside.commonAncestor(b)).toBe(dmem.root.pool(other));
    expect(region.registered).toBe(true);
  });

  test("needs no counters", () => {
    const { dmem, region, group, pool } = onePool();
    const below = group.mkdir("b").pool(region);
    expect([below.commonAncestor(pool), pool.commonAncestor(below)]).toEqual([pool, pool]);
    expect(below.commonAncestor(dmem.root.mkdir("c").pool(region))).toBe(dmem.root.pool(region));
    expect(slotsUsed(dmem).pools).toBe(0);
  });

  test("passes over groups that were removed", () => {
    const { a, b } = fourPools();
    b.cgroup.rmdir();
    expect([b.commonAncestor(b), b.commonAncestor(a), a.commonAncestor(b)]).toEqual([a, a, a]);
  });

  test("is null once the region was unregistered", () => {
    const { dmem, region, b, c } = fourPools();
    const beside = c.cgroup.pool(dmem.registerRegion("other", { size: 1 }));
    region.unregister();
    expect(b.commonAncestor(c)).toBeNull();
    expect(beside.commonAncestor(b)).toBe(dmem.root.pool(beside.region));
  });
});

describe("a pool of another agent", () => {
  test("is refused as an argument", () => {
    const { dmem, b, top } = fourPools();
    const foreign = seenBy(attachTo(dmem), top);
    expectRefusalUnchanged(dmem, () => b.evictValuable(foreign), "TypeError", "no pool of this controller");
    expectRefusalUnchanged(dmem, () => b.belowLow(foreign), "TypeError", "no pool of this controller");
    expectRefusalUnchanged(dmem, () => b.effectiveProtection(foreign), "TypeError", "no pool of this controller");
    expectRefusalUnchanged(dmem, () => b.commonAncestor(foreign), "TypeError", "no pool of this controller");
  });

  test("is refused also where no counter exists", () => {
    const dmem = smallDmem();
    const pool = dmem.root.pool(dmem.registerRegion("vram", { size: 1 }));
    const other = attachTo(dmem);
    const foreign = other.root.pool(other.region("vram"));
    expectRefusalUnchanged(dmem, () => pool.commonAncestor(foreign), "TypeError", "no pool of this controller");
  });
});

test.each(["evictValuable", "belowMin", "belowLow", "effectiveProtection", "commonAncestor"] as const)(
  "%s refuses the pool of another controller, whose id may be anything here",
  (question) => {
    const { dmem, b } = fourPools();
    const { b: foreign } = fourPools();
    expectRefusalUnchanged(dmem, () => b[question](foreign), "TypeError", "no pool of this controller");
  },
);

test.each(["evictValuable", "belowMin", "belowLow", "effectiveProtection", "commonAncestor"] as const)(
  "%s refuses what is no pool",
  (question) => {
    const { dmem, b } = fourPools();
    expectRefusalUnchanged(dmem, () => b[question]({} as never), "TypeError");
    expectRefusalUnchanged(dmem, () => b[question]("/a" as never), "TypeError");
  },
);

test.each(["evictValuable", "commonAncestor"] as const)("%s refuses to be asked without a pool", (question) => {
  const { dmem, b } = fourPools();
  expectRefusalUnchanged(dmem, () => b[question](undefined as never), "TypeError", "undefined is no pool");
});

test.each([
  ["min", [BAD_ID]],
  ["low", [0, BAD_ID]],
])("effective %s of a counter that is freed in that moment is asked for again", (_, answers) => {
  const { c } = fourPools();
  Object.assign(c, { min: 4, low: 6 });
  const ask = vi.spyOn(coreOf(c).call, "effectiveProtection");
  for (const answer of answers) ask.mockReturnValueOnce(answer);
  expect(c.effectiveProtection()).toEqual({ min: 4, low: 6 });
});

test("the worth of a counter that is freed in that moment is asked for again", () => {
  const { c } = fourPools();
  vi.spyOn(coreOf(c).call, "evictValuable").mockReturnValueOnce(BAD_ID);
  expect(c.evictValuable(null)).toEqual(VALUABLE);
});
