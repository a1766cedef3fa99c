import { describe, expect, test, vi } from "vitest";
import { BAD_AMOUNTS } from "../../support/bad-amounts.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { attachTo, coreOf, onePool, seenBy, slotsUsed } from "../../support/small-dmem.ts";
import { stocked } from "./stocked-pool.ts";

describe("a stock", () => {
  test("is off by default: every figure is exact", () => {
    const { pool } = onePool();
    pool.tryCharge(5);
    expect([pool.usage, pool.stocked]).toEqual([5, 0]);
  });

  test("charges ahead, here and above, and tells how much of usage it is", () => {
    const { dmem, region, pool } = stocked();
    expect(pool.stocked).toBe(0);
    expect(pool.tryCharge(5)).toBeNull();
    const top = dmem.root.pool(region);
    expect([pool.usage, pool.held, pool.stocked]).toEqual([105, 5, 100]);
    expect([top.usage, top.stocked]).toEqual([105, 100]);
  });

  test("serves charges and returns without touching usage", () => {
    const { pool } = stocked();
    pool.tryCharge(5);
    for (const bytes of [40, 60]) expect(pool.tryCharge(bytes)).toBeNull();
    expect([pool.usage, pool.held, pool.stocked]).toEqual([105, 105, 0]);
    pool.uncharge(105);
    expect([pool.usage, pool.held, pool.stocked]).toEqual([105, 0, 105]);
  });

  test("is refilled by what is lacking and a batch", () => {
    const { pool } = stocked();
    pool.tryCharge(5);
    expect(pool.tryCharge(130)).toBeNull();
    expect([pool.usage, pool.held, pool.stocked]).toEqual([235, 135, 100]);
  });

  test("keeps up to two batches of what is returned, and then one", () => {
    const { pool } = stocked();
    pool.tryCharge(500);
    pool.uncharge(100);
    expect([pool.usage, pool.stocked]).toEqual([600, 200]);
    pool.uncharge(1);
    expect([pool.usage, pool.held, pool.stocked]).toEqual([499, 399, 100]);
  });

  test("serves amounts of 2^32 and more", () => {
    const { pool } = stocked();
    const bytes = 2 ** 40 + 1;
    expect(pool.tryCharge(bytes)).toBeNull();
    expect([pool.usage, pool.held]).toEqual([bytes + 100, bytes]);
    pool.uncharge(bytes);
    expect([pool.usage, pool.held, pool.stocked]).toEqual([100, 0, 100]);
  });

  test.each(BAD_AMOUNTS)("refuses the amount %s, and leaves the figures", (bytes) => {
    const { pool } = stocked();
    pool.tryCharge(5);
    expectRefusal(() => pool.tryCharge(bytes), "RangeError");
    expectRefusal(() => pool.uncharge(bytes), "RangeError");
    expect([pool.usage, pool.held, pool.stocked]).toEqual([105, 5, 100]);
  });

  test("does not let more be returned than is held", () => {
    const { pool } = stocked();
    pool.tryCharge(5);
    expectRefusal(() => pool.uncharge(6), "EINVAL", "5 bytes", "6 bytes");
    pool.uncharge(5);
    expectRefusal(() => pool.uncharge(1), "EINVAL", "0 bytes");
    expect([pool.usage, pool.held, pool.stocked]).toEqual([105, 0, 105]);
  });

  test("cannot be handed over, but what is held can", () => {
    const { pool, theirs } = stocked();
    pool.tryCharge(5);
    expectRefusal(() => pool.handOver(6), "EINVAL", "5 bytes");
    expect(theirs.adopt(pool.handOver(5))).toBe(5);
    expectRefusal(() => pool.uncharge(1), "EINVAL");
    pool.adopt(theirs.handOver(2));
    pool.uncharge(2);
    expect([pool.held, theirs.held, pool.stocked, pool.usage]).toEqual([0, 3, 102, 105]);
  });

  test("counts what is charged whatever the limits as held", () => {
    const { pool } = stocked();
    pool.tryCharge(5);
    pool.charge(50);
    pool.uncharge(55);
    expect([pool.usage, pool.held, pool.stocked]).toEqual([155, 0, 155]);
  });

  test("takes up what was charged whatever the limits, without the core", () => {
    const { pool } = stocked();
    pool.tryCharge(5);
    pool.charge(50);
    const further = vi.spyOn(coreOf(pool).call, "unchargeAhead");
    pool.uncharge(30);
    expect([pool.stocked, further.mock.calls]).toEqual([130, []]);
  });

  test.each([-1, 0.5, 2 ** 30, Number.NaN, Number.POSITIVE_INFINITY, "1"])("has no batch of %s", (batch) => {
    const { pool } = onePool();
    expectRefusal(() => pool.stock({ batch: batch as number }), "RangeError", "batch");
  });

  test("has a batch of up to 2^30-1", () => {
    const { pool } = stocked(2 ** 30 - 1);
    pool.charge(2 ** 32);
    pool.tryCharge(1);
    pool.uncharge(2 ** 30 - 1);
    expect(pool.stocked).toBe(2 ** 31 - 2);
    pool.tryCharge(2 ** 31 - 2);
    expect([pool.stocked, pool.held]).toEqual([0, 2 ** 32 + 2 ** 30]);
  });

  test("can be given another batch", () => {
    const { pool } = stocked();
    pool.tryCharge(5);
    pool.stock({ batch: 10 });
    pool.tryCharge(0); // once wiped out what was in hand
    expect(pool.stocked).toBe(100);
    pool.uncharge(5);
    expect([pool.usage, pool.stocked]).toEqual([10, 10]);
  });
});

test("no stock where there was none makes no counter", () => {
  const { dmem, pool } = onePool();
  const before = slotsUsed(dmem);
  pool.stock({ batch: 0 });
  expect(slotsUsed(dmem)).toEqual(before);
});

test("another batch takes the place of the stock before, and none leaves none", () => {
  const { pool } = onePool();
  const { stocks } = coreOf(pool);
  const [keep, drop] = [vi.spyOn(stocks, "keep"), vi.spyOn(stocks, "drop")];
  for (const batch of [10, 20, 0]) pool.stock({ batch });
  expect(drop.mock.calls).toEqual(keep.mock.calls);
  expect(keep).toHaveBeenCalledTimes(2);
});

test("a handle that its agent has left does not serve from the stock of the slot's next agent", () => {
  const { dmem, pool } = onePool();
  const left = attachTo(dmem);
  const stale = seenBy(left, pool);
  stale.stock({ batch: 100 });
  stale.tryCharge(5);
  left.dispose();
  const same = seenBy(attachTo(dmem), pool);
  same.stock({ batch: 100 });
  same.tryCharge(5);
  expectRefusal(() => stale.tryCharge(1), "ENODEV");
  expect([same.held, same.stocked]).toEqual([5, 100]);
});

test("a charge that fits once stocks are returned is made once, also where the dead were looked for", () => {
  const { dmem, region, group, pool } = onePool();
  const sibling = group.mkdir("b").pool(region);
  pool.stock({ batch: 100 });
  pool.max = 110;
  pool.tryCharge(5);
  vi.spyOn(coreOf(sibling).recovery, "lookIfDue").mockReturnValue(true);
  expect(sibling.tryCharge(50)).toBeNull();
  expect([sibling.usage, dmem.root.pool(region).usage]).toEqual([50, 55]);
});
