import { expect, onTestFinished, test, vi } from "vitest";
import { Budget, type Ledger } from "../../../src/cgroup/budget.ts";
import { Core } from "../../../src/core/core.ts";
import type { Bytes, Cgroup, Pool } from "../../../src/index.ts";
import { memoryOf, smallDmem } from "../../support/small-dmem.ts";

/** `/top` with `/top/g`, which has a min of 20, and below that whatever the test makes. */
function group() {
  const dmem = smallDmem({ capacity: { cgroups: 16, pools: 32 } });
  const region = dmem.registerRegion("vram", { size: 1000 });
  const top = dmem.root.mkdir("top");
  const g = top.mkdir("g");
  g.pool(region).min = 20;
  /** A child that asks for all of what it uses. */
  const child = (parent: Cgroup, name: string, bytes: Bytes): Pool => {
    const pool = parent.mkdir(name).pool(region);
    if (bytes > 0) pool.charge(bytes);
    pool.min = Math.max(1, bytes);
    return pool;
  };
  return { dmem, region, top: top.pool(region), g, child };
}

const VALUABLE = { valuable: true, hitLow: false };
const USELESS = { valuable: false, hitLow: false };

test("what a child has lost it asks for no more, so that its siblings' parts grow", () => {
  const { dmem, top, g, child } = group();
  const [x, y] = [child(g, "x", 20), child(g, "y", 20)];
  const survey = dmem.survey({ limit: top });
  expect(survey.value(x, false)).toEqual(VALUABLE);
  y.uncharge(20);
  survey.lose(y, 20);
  expect(survey.value(x, false)).toEqual(USELESS);
});

test("a part that grows with what another group has lost is seen at the next question", () => {
  const { dmem, region, top, g, child } = group();
  const [h, other] = [g.mkdir("h"), g.mkdir("other")];
  h.pool(region).min = other.pool(region).min = 20;
  const [x, y] = [child(other, "x", 20), child(h, "y", 20)];
  child(h, "sibling", 0);
  const survey = dmem.survey({ limit: top });
  expect(survey.value(y, false)).toEqual(VALUABLE);
  x.uncharge(20);
  survey.lose(x, 20);
  expect(survey.value(y, false)).toEqual(USELESS);
});

test("that is so also where the other group had a part of its own, and has none any more", () => {
  const { dmem, region, top, g, child } = group();
  const [h, other] = [g.mkdir("h"), g.mkdir("other")];
  h.pool(region).min = other.pool(region).min = 20;
  child(g, "sibling", 0);
  const [x, y] = [child(other, "x", 20), child(h, "y", 20)];
  child(h, "sibling", 0);
  const survey = dmem.survey({ limit: top });
  expect([x, y].map((pool) => survey.value(pool, false))).toEqual([VALUABLE, VALUABLE]);
  x.uncharge(20);
  survey.lose(x, 20);
  expect(survey.value(y, false)).toEqual(USELESS);
});

/** Budgets in a line, `/top/g` first, as an agent of their own sees them; and how often each was found. */
function line(setup: ReturnType<typeof group>, ...below: Cgroup[]) {
  const core = Core.attach(memoryOf(setup.dmem));
  onTestFinished(() => core.detach());
  const ledger: Ledger = { core, clock: 0, weakened: new Set() };
  const coverage = vi.spyOn(core.call, "coverage");
  const top = vi.fn((low: boolean) => (low ? 0 : setup.g.pool(setup.region).min));
  const nobody = () => {
    throw new Error("Only the first of the line is asked what it has.");
  };
  let above: Budget | null = null;
  const budgets = [setup.g, ...below].map((cgroup) => {
    above = new Budget(ledger, cgroup.pool(setup.region).find(), { above, top: above === null ? top : nobody });
    return above;
  }) as [Budget, ...Budget[]];
  const timesFound = (budget: Budget) => coverage.mock.calls.filter(([id]) => id === budget.id).length / 2;
  return { budgets, timesFound };
}

test("between two sums a budget is found once, however often it is asked", () => {
  const setup = group();
  const h = setup.g.mkdir("h");
  h.pool(setup.region).min = 20;
  setup.child(setup.g, "sibling", 1);
  const [x, y] = [setup.child(h, "x", 10), setup.child(h, "y", 5)];
  const { budgets, timesFound } = line(setup, h);
  expect([x, y].map((pool) => budgets[1]?.effectiveOf(pool.find(), false))).toEqual([10, 5]);
  expect(budgets.map(timesFound)).toEqual([1, 1]);
});

test("the budgets below one that comes out the same are not found again", () => {
  const setup = group();
  const h = setup.g.mkdir("h");
  const k = h.mkdir("k");
  setup.child(setup.g, "sibling", 0);
  setup.child(h, "sibling", 0);
  const [x] = [setup.child(k, "x", 10), setup.child(k, "y", 0)];
  h.pool(setup.region).min = k.pool(setup.region).min = 10;
  const { budgets, timesFound } = line(setup, h, k);
  const [first, , last] = budgets;
  expect(last?.effectiveOf(x.find(), false)).toBe(10);
  first.revise();
  expect(last?.effectiveOf(x.find(), false)).toBe(10);
  expect(budgets.map(timesFound)).toEqual([2, 2, 1]);
});

test("a budget two levels below one that has got more has more at the next question", () => {
  const setup = group();
  const h = setup.g.mkdir("h");
  const k = h.mkdir("k");
  const other = setup.child(setup.g, "other", 20);
  setup.child(h, "sibling", 0);
  const [x] = [setup.child(k, "x", 20), setup.child(k, "y", 0)];
  h.pool(setup.region).min = k.pool(setup.region).min = 20;
  const [first, , last] = line(setup, h, k).budgets;
  expect(last?.effectiveOf(x.find(), false)).toBe(10);
  other.uncharge(20);
  first.lower(other.find(), 20);
  first.revise();
  expect(last?.effectiveOf(x.find(), false)).toBe(20);
});

test("when a sum is taken again the budgets below are right at once", () => {
  const setup = group();
  const h = setup.g.mkdir("h");
  const other = setup.child(setup.g, "other", 20);
  const x = setup.child(h, "x", 20);
  for (const name of ["a", "b", "c"]) setup.child(h, name, 0);
  h.pool(setup.region).min = 20;
  const [, last] = line(setup, h).budgets;
  const ask = () => last?.effectiveOf(x.find(), false);
  expect(ask()).toBe(10);
  other.min = 0;
  expect([ask(), ask()]).toEqual([10, 20]); // two children of the first, four of the second
});
