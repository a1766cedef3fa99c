import { describe, expect, test, vi } from "vitest";
import type { DmemOptions } from "../../../src/index.ts";
import { BAD_AMOUNTS } from "../../support/bad-amounts.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { attachTo, expectRefusalUnchanged, onePool, seenBy } from "../../support/small-dmem.ts";

/** Two sibling pools. */
function twoPools(options: DmemOptions = {}) {
  const { dmem, region, pool } = onePool(options);
  return { dmem, region, a: pool, b: dmem.root.mkdir("b").pool(region) };
}

describe("tryChargeMany", () => {
  test("charges all, run by run", () => {
    const { dmem, a, b } = twoPools();
    const charges = [3, 4, 5].flatMap((bytes) => [
      { pool: a, bytes },
      { pool: a, bytes },
      { pool: b, bytes },
    ]);
    expect(dmem.tryChargeMany(charges)).toEqual([]);
    expect([a.usage, a.held, b.usage, b.held]).toEqual([24, 24, 12, 12]);
  });

  test("of nothing does nothing", () => {
    const { dmem } = twoPools();
    expect(dmem.tryChargeMany([])).toEqual([]);
  });

  test("charges a run as one: it fits exactly, and peak has not seen its parts", () => {
    const { dmem, a } = twoPools();
    a.max = 10;
    expect(dmem.tryChargeMany([4, 6].map((bytes) => ({ pool: a, bytes })))).toEqual([]);
    expect([a.usage, a.peak]).toEqual([10, 10]);
  });

  test("charges what fits of a run that does not, and says what was refused by whom", () => {
    const { dmem, a, b } = twoPools();
    a.max = 10;
    const charges = [6, 5, 4, 1].map((bytes) => ({ pool: a, bytes }));
    expect(dmem.tryChargeMany([...charges, { pool: b, bytes: 7 }])).toEqual([
      { index: 1, limit: a },
      { index: 3, limit: a },
    ]);
    expect([a.usage, b.usage]).toEqual([10, 7]);
  });

  test("charges nothing if one is refused and all are wanted", () => {
    const { dmem, a, b } = twoPools();
    a.max = 10;
    const charges = [
      { pool: b, bytes: 7 },
      { pool: a, bytes: 6 },
      { pool: a, bytes: 5 },
      { pool: b, bytes: 1 },
    ];
    expect(dmem.tryChargeMany(charges, { allOrNothing: true })).toEqual([{ index: 2, limit: a }]);
    expect([a.usage, a.held, b.usage, b.held]).toEqual([0, 0, 0, 0]);
    a.max = 11;
    expect(dmem.tryChargeMany(charges, { allOrNothing: true })).toEqual([]);
    expect([a.usage, b.usage]).toEqual([11, 8]);
  });

  test("charges a run whose sum is more than one charge can be", () => {
    const { dmem, a } = twoPools();
    const bytes = 2 ** 53 - 1;
    const refusals = dmem.tryChargeMany([1, bytes, bytes].map((each) => ({ pool: a, bytes: each })));
    expect(refusals).toEqual([1, 2].map((index) => ({ index, limit: a })));
    expect(a.usage).toBe(1);
  });

  test("charges a run with an amount that is nearly all that one charge can be", () => {
    const { dmem, a } = twoPools();
    const charges = [2 ** 50, 1, 2 ** 50 - 3, 2 ** 32].map((bytes) => ({ pool: a, bytes }));
    expect(dmem.tryChargeMany(charges)).toEqual([{ index: 3, limit: a }]);
    expect(a.usage).toBe(2 ** 51 - 2);
    const most = [2 ** 53 - 1, 5].map((bytes) => ({ pool: a, bytes }));
    expect(dmem.tryChargeMany(most).map(({ index }) => index)).toEqual([0, 1]);
  });

  test.each([
    ["", 2 ** 52 + 2 ** 20 - 1, 1],
    [", and one byte more as two", 2 ** 52 + 2 ** 20, 2],
  ])("charges large amounts as one up to what is left beside the most small ones%s", (_, sum, tries) => {
    const { dmem, a } = twoPools();
    const tryCharge = vi.spyOn(a, "tryCharge").mockReturnValue(null);
    expect(dmem.tryChargeMany([2 ** 33, sum - 2 ** 33].map((bytes) => ({ pool: a, bytes })))).toEqual([]);
    expect(tryCharge.mock.calls.length).toBe(tries);
  });

  test.each([null, undefined])("tells of a first entry that is %s", (entry) => {
    const { dmem } = twoPools();
    expectRefusal(() => dmem.tryChargeMany([entry] as never), "TypeError", "charges[0].pool");
  });

  test("tells of a hole behind others", () => {
    const { dmem, a } = twoPools();
    expectRefusal(() => dmem.tryChargeMany([{ pool: a, bytes: 1 }, undefined] as never), "TypeError", "charges[1]");
  });

  test("tells of an entry that is nothing, behind others", () => {
    const { dmem, a } = twoPools();
    expectRefusal(() => dmem.tryChargeMany([{ pool: a, bytes: 1 }, null] as never), "TypeError", "charges[1]");
    expect(a.usage).toBe(0);
  });

  test("charges nothing where one pool is gone", () => {
    const { dmem, a, b } = twoPools();
    b.charge(1);
    b.uncharge(1);
    b.cgroup.rmdir();
    const charges = [a, a, b].map((pool) => ({ pool, bytes: 1 }));
    expectRefusal(() => dmem.tryChargeMany(charges), "ENODEV", '"/b"');
    expect([a.usage, a.held]).toEqual([0, 0]);
  });

  test("gives back what it charged one by one before it found that a pool is gone", () => {
    const { dmem, a, b } = twoPools();
    b.cgroup.rmdir();
    a.max = 10;
    const charges = [8, 8, 2].map((bytes) => ({ pool: a, bytes }));
    expectRefusal(() => dmem.tryChargeMany([...charges, { pool: b, bytes: 1 }]), "ENODEV", '"/b"');
    expect([a.usage, a.held]).toEqual([0, 0]);
  });

  test.each(BAD_AMOUNTS)("refuses the amount %s, and leaves all as it was", (bytes) => {
    const { dmem, a } = twoPools();
    a.charge(1);
    const charges = [
      { pool: a, bytes: 1 },
      { pool: a, bytes: bytes as number },
    ];
    expectRefusalUnchanged(dmem, () => dmem.tryChargeMany(charges), "RangeError", "charges[1].bytes");
  });

  test.each([null, 1, {}, "a"])("refuses %s for charges and for a pool", (value) => {
    const { dmem } = twoPools();
    expectRefusal(() => dmem.tryChargeMany(value as never), "TypeError", "Charges are an array");
    expectRefusal(() => dmem.tryChargeMany([{ pool: value, bytes: 1 }] as never), "TypeError", "charges[0].pool");
  });

  test("takes from a stock where one is kept", () => {
    const { dmem, a } = twoPools();
    a.stock({ batch: 100 });
    expect(dmem.tryChargeMany([10, 20].map((bytes) => ({ pool: a, bytes })))).toEqual([]);
    expect([a.usage, a.stocked, a.held]).toEqual([130, 100, 30]);
  });
});

describe("unchargeMany", () => {
  test("returns all, whatever the order", () => {
    const { dmem, a, b } = twoPools();
    a.charge(10);
    b.charge(10);
    dmem.unchargeMany([a, b, a, b, a].map((pool) => ({ pool, bytes: 3 })));
    expect([a.usage, b.usage]).toEqual([1, 4]);
    dmem.unchargeMany([{ pool: b, bytes: 4 }]);
    expect(b.usage).toBe(0);
    dmem.unchargeMany([]);
  });

  test("returns nothing where this thread holds less of one", () => {
    const { dmem, a, b } = twoPools();
    seenBy(attachTo(dmem), a).charge(10);
    a.charge(5);
    b.charge(5);
    const charges = [b, a, b, a].map((pool) => ({ pool, bytes: 3 }));
    expectRefusalUnchanged(dmem, () => dmem.unchargeMany(charges), "EINVAL", "5 bytes", "6 bytes");
    expectRefusalUnchanged(dmem, () => dmem.unchargeMany([{ pool: a, bytes: 6 }]), "EINVAL", "5 bytes", "6 bytes");
  });

  test("returns nothing of the first where this thread holds less of the last", () => {
    const { dmem, a, b } = twoPools();
    for (const pool of [a, b]) pool.charge(5);
    const charges = [5, 6].map((bytes, index) => ({ pool: index === 0 ? a : b, bytes }));
    expectRefusalUnchanged(dmem, () => dmem.unchargeMany(charges), "EINVAL", "5 bytes", "6 bytes");
    expect([a.held, b.held]).toEqual([5, 5]);
  });

  test("returns what there is in linux-7.3 semantics where this thread holds less", () => {
    const { dmem, a, b } = twoPools({ semantics: "linux-7.3" });
    for (const pool of [a, b]) pool.charge(5);
    dmem.unchargeMany([a, b].map((pool) => ({ pool, bytes: 6 })));
    expect([a.usage, b.usage]).toEqual([0, 0]);
  });

  test("returns what is held of a pool that is gone", () => {
    const { dmem, a, b } = twoPools();
    a.charge(5);
    b.charge(5);
    b.cgroup.rmdir();
    dmem.unchargeMany([a, b].map((pool) => ({ pool, bytes: 5 })));
    expect([a.usage, dmem.root.pool(a.region).usage]).toEqual([0, 0]);
  });
});
