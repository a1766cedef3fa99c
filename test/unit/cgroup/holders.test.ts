import { expect, test, vi } from "vitest";
import { BAD_ID, POOL_SHIFT, POOL_STAMP, STAMP_SHIFT } from "../../../assembly/abi.ts";
import { type Holder, holdersBelow } from "../../../src/cgroup/holders.ts";
import type { Pool } from "../../../src/index.ts";
import { attachTo, coreOf, onePool, seenBy } from "../../support/small-dmem.ts";

/** `/a` with `/a/x` and `/a/y` below it, as two agents see them, and `/b`. */
function family() {
  const { dmem, region, group, pool: a } = onePool();
  const [x, y] = [group.mkdir("x").pool(region), group.mkdir("y").pool(region)];
  const b = dmem.root.mkdir("b").pool(region);
  const other = attachTo(dmem);
  return { a, b, x, y, theirs: { x: seenBy(other, x), y: seenBy(other, y) } };
}

/** Who holds what below a pool, as agent, pool and bytes. */
function below(limit: Pool, ignoreLow = false): [number, number, number][] {
  return holdersBelow(coreOf(limit), limit.find(), { ignoreLow }).map((holder: Holder) => {
    const { agent, pool, bytes } = holder;
    return [agent, pool, bytes];
  });
}

test("each account below is named with what it holds, those of the pool that is furthest beyond first", () => {
  const { a, b, x, y, theirs } = family();
  const [mine, other] = [coreOf(x).agent, coreOf(theirs.x).agent];
  a.charge(3);
  b.charge(50);
  x.charge(10);
  theirs.x.charge(7);
  theirs.y.charge(20);
  expect(below(a)).toEqual([
    [mine, a.find(), 3],
    [other, y.find(), 20],
    [mine, x.find(), 10],
    [other, x.find(), 7],
  ]);
  expect(below(x)).toEqual([
    [mine, x.find(), 10],
    [other, x.find(), 7],
  ]);
});

test("a holder says which use of the counter is meant", () => {
  const { x } = family();
  x.charge(1);
  const core = coreOf(x);
  const [holder] = holdersBelow(core, x.find(), { ignoreLow: false });
  expect(holder?.stamp).toBe(core.word((x.find() << POOL_SHIFT) + POOL_STAMP));
});

test("what is ahead in a stock is held by nobody", () => {
  const { a, x } = family();
  x.stock({ batch: 100 });
  x.charge(0);
  x.tryCharge(5);
  expect([x.usage, below(a)]).toEqual([105, [[coreOf(x).agent, x.find(), 5]]]);
});

test("whoever has returned all holds nothing", () => {
  const { a, x, theirs } = family();
  x.charge(5);
  theirs.x.charge(5);
  x.uncharge(5);
  expect(below(a)).toEqual([[coreOf(theirs.x).agent, x.find(), 5]]);
});

test("an account of an earlier use of the slot is passed over", () => {
  const { a, x } = family();
  x.charge(5);
  const { words } = coreOf(x);
  const stamp = ((x.find() << POOL_SHIFT) + POOL_STAMP) / 4;
  words[stamp] = (words[stamp] ?? 0) + (1 << STAMP_SHIFT);
  expect(below(a)).toEqual([]);
  words[stamp] = (words[stamp] ?? 0) - (1 << STAMP_SHIFT);
  expect(below(a).length).toBe(1);
});

test("an account of the slot's present use is named, also if that is not its first", () => {
  const { region, group } = onePool();
  const first = group.mkdir("x").pool(region);
  first.charge(5);
  const slot = first.find();
  first.uncharge(5);
  first.cgroup.rmdir();
  const second = group.mkdir("y").pool(region);
  second.charge(5);
  expect(below(second)).toEqual([[coreOf(second).agent, slot, 5]]);
});

test("no more may go than is beyond min, and low where it is heeded", () => {
  const { a, x, theirs } = family();
  x.charge(10);
  theirs.x.charge(10);
  Object.assign(x, { min: 5, low: 12 });
  expect([below(a), below(a, true)].map((holders) => holders.map(([, , bytes]) => bytes))).toEqual([
    [8, 8],
    [10, 10],
  ]);
  x.min = 20;
  expect([below(a), below(a, true)]).toEqual([[], []]);
});

test("the pool itself has no protection against its own limit", () => {
  const { x } = family();
  x.charge(10);
  x.min = x.low = 10;
  expect(below(x)).toEqual([[coreOf(x).agent, x.find(), 10]]);
});

test("the pool itself has none in linux-7.3 semantics either, whatever was asked before", () => {
  const { pool } = onePool({ semantics: "linux-7.3" });
  pool.charge(10);
  pool.min = pool.low = 10;
  expect(pool.effectiveProtection()).toEqual({ min: 10, low: 10 });
  expect(below(pool)).toEqual([[coreOf(pool).agent, pool.find(), 10]]);
});

test.each([
  ["min", [BAD_ID]],
  ["low", [0, BAD_ID]],
])("a counter that is freed when its %s is asked for has nothing that may go", (_, answers) => {
  const { a, x } = family();
  x.charge(10);
  const ask = vi.spyOn(coreOf(a).call, "effectiveProtection");
  for (const answer of answers) ask.mockReturnValueOnce(answer);
  expect(below(a)).toEqual([]);
});
