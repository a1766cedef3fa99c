import { describe, expect, test, vi } from "vitest";
import type { Pool } from "../../../src/index.ts";
import { coreOf, onePool, smallDmem } from "../../support/small-dmem.ts";

/** `/top/g/x` and `/top/g/y` of 10 bytes each, of which all are protected as seen from `/top`; and `/top/z`. */
function family() {
  const dmem = smallDmem({ capacity: { cgroups: 16, pools: 32 } });
  const region = dmem.registerRegion("vram", { size: 100 });
  const top = dmem.root.mkdir("top");
  const [g, z] = [top.mkdir("g"), top.mkdir("z")];
  const [x, y] = [g.mkdir("x"), g.mkdir("y")];
  const pools = { top: top.pool(region), g: g.pool(region), x: x.pool(region), y: y.pool(region), z: z.pool(region) };
  for (const pool of [pools.x, pools.y, pools.z]) pool.charge(10);
  pools.g.min = 20;
  pools.x.min = pools.y.min = 10;
  return { dmem, region, ...pools };
}

const VALUABLE = { valuable: true, hitLow: false };
const USELESS = { valuable: false, hitLow: false };
const WITHIN_LOW = { valuable: false, hitLow: true };

test("the limit itself has no protection, and may lose everything", () => {
  const { dmem, g } = family();
  const survey = dmem.survey({ limit: g });
  expect([survey.value(g, false), survey.unprotected(g, false)]).toEqual([VALUABLE, Number.POSITIVE_INFINITY]);
});

test("what is not below the limit is of no use, and may lose nothing", () => {
  const { dmem, g, z } = family();
  const survey = dmem.survey({ limit: g });
  expect([survey.value(z, false), survey.unprotected(z, false)]).toEqual([USELESS, 0]);
});

test("a limit that has no counter yet has nothing below it", () => {
  const { dmem, region, x } = family();
  const none = dmem.root.mkdir("none").pool(region);
  expect(dmem.survey({ limit: none }).value(x, false)).toEqual(USELESS);
});

test("without a limit it is seen from the top", () => {
  const { dmem, top, x, z } = family();
  const survey = dmem.survey({ asker: null });
  expect([survey.value(x, false), survey.value(z, false)]).toEqual([VALUABLE, VALUABLE]);
  top.min = 20;
  survey.clear();
  expect([survey.value(x, false), survey.unprotected(x, false)]).toEqual([USELESS, 0]);
});

test("what was cleared is found again at the next question", () => {
  const { dmem, top, g, x } = family();
  const [survey, other] = [dmem.survey({ limit: top }), dmem.survey({ limit: top })];
  expect([survey.value(x, false), other.value(x, false)]).toEqual([USELESS, USELESS]);
  g.min = 0;
  survey.clear();
  expect([survey.value(x, false), other.value(x, false)]).toEqual([VALUABLE, USELESS]);
});

test("siblings are kin from the top, too, and in linux-7.3 semantics all are", () => {
  const { dmem, x, y, z } = family();
  const survey = dmem.survey({ asker: null });
  expect(survey.kin(x)).toBe(survey.kin(y));
  expect([survey.kin(x) === null, survey.kin(x) === survey.kin(z)]).toEqual([false, false]);
  const kernel = onePool({ semantics: "linux-7.3" });
  expect(kernel.dmem.survey({ asker: null }).kin(kernel.pool)).toBe(kernel.dmem.root);
});

test("in linux-7.3 semantics each question is asked by itself", () => {
  const { dmem, pool } = onePool({ semantics: "linux-7.3" });
  pool.charge(1);
  const ask = vi.spyOn(coreOf(pool).call, "evictValuable");
  const survey = dmem.survey({ asker: null });
  for (const _ of [1, 2]) survey.value(pool, false);
  expect(ask).toHaveBeenCalledTimes(2);
});

test("with an asker, the limit of each pool is where the two meet", () => {
  const { dmem, g, x, y, z } = family();
  x.min = 4;
  const survey = dmem.survey({ asker: y });
  expect([g, x, z].map((pool) => survey.unprotected(pool, false))).toEqual([Number.POSITIVE_INFINITY, 6, 10]);
  for (const pool of [x, z]) expect(survey.value(pool, false)).toEqual(pool.evictValuable(pool.commonAncestor(y)));
});

test("where siblings meet an asker below none of them is found once", () => {
  const { dmem, x, y, z } = family();
  const finds = [x, y].map((pool) => vi.spyOn(pool, "commonAncestor"));
  const survey = dmem.survey({ asker: z });
  for (const pool of [x, y, x]) survey.value(pool, false);
  expect(finds.map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
});

test("low is told from min, and not heeded where it is to be ignored", () => {
  const { dmem, top, g, x, y } = family();
  g.low = x.low = 20;
  g.min = x.min = y.min = 0;
  const survey = dmem.survey({ limit: top });
  expect([survey.value(x, false), survey.value(x, true)]).toEqual([WITHIN_LOW, VALUABLE]);
  expect([survey.unprotected(x, false), survey.unprotected(x, true)]).toEqual([0, 10]);
});

describe("after an eviction", () => {
  test("nobody is suspected while the group has as much as before", () => {
    const { dmem, top, x, y, z } = family();
    const survey = dmem.survey({ limit: top });
    for (const pool of [x, y, z]) survey.value(pool, false);
    z.uncharge(5);
    expect(survey.lose(z, 5)).toEqual([]);
    y.uncharge(5);
    expect(survey.lose(y, 5)).toEqual([]);
    expect(survey.value(x, false)).toEqual(USELESS);
  });

  test("of what a group holds itself, those below it that its smaller part protects no more are suspected", () => {
    const { dmem, region, top, g } = family();
    const [h, sibling] = [g.cgroup.mkdir("h"), g.cgroup.mkdir("sibling")].map((group) => group.pool(region));
    const x = h?.cgroup.mkdir("x").pool(region);
    for (const [pool, bytes, min] of [
      [h, 10, 30],
      [sibling, 30, 30],
      [x, 20, 9],
    ] as [Pool, number, number][]) {
      pool.charge(bytes);
      pool.min = min;
    }
    for (const pool of [g.cgroup.child("x"), g.cgroup.child("y")]) Object.assign(pool?.pool(region) ?? {}, { min: 0 });
    const survey = dmem.survey({ limit: top });
    survey.value(x as Pool, false);
    h?.uncharge(10);
    expect(survey.lose(h as Pool, 10)).toEqual([survey.kin(x as Pool)]);
  });

  test("that failed, nobody is, and nothing is found again", () => {
    const { dmem, top, y } = family();
    const survey = dmem.survey({ limit: top });
    survey.value(y, false);
    const find = vi.spyOn(coreOf(y).call, "coverage");
    expect(survey.lose(y, 0)).toEqual([]);
    expect(find).not.toHaveBeenCalled();
  });

  test("in linux-7.3 semantics those of the same group below the limit are, and all if it failed", () => {
    const dmem = smallDmem({ semantics: "linux-7.3" });
    const region = dmem.registerRegion("vram", { size: 100 });
    const top = dmem.root.mkdir("top");
    const g = top.mkdir("g");
    const [x, y] = [g.mkdir("x").pool(region), g.mkdir("y").pool(region)];
    for (const pool of [x, y]) pool.charge(10);
    const survey = dmem.survey({ limit: top.pool(region) });
    expect([survey.kin(x), survey.kin(y)]).toEqual([g, g]);
    expect([survey.lose(x, 5), survey.lose(x, 0)]).toEqual([[g], null]);
  });
});

test("what others change here is seen after as many questions as there are siblings", () => {
  const { dmem, top, g, x, y } = family();
  const survey = dmem.survey({ limit: top });
  expect(survey.value(x, false)).toEqual(USELESS);
  g.min = 10;
  y.charge(10);
  expect([1, 2, 3].map(() => survey.value(x, false)).at(-1)).toEqual(VALUABLE);
});
