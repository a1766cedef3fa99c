import { describe, expect, test } from "vitest";
import { BAD_AMOUNTS } from "../../support/bad-amounts.ts";
import { attachTo, expectRefusalUnchanged, onePool, seenBy } from "../../support/small-dmem.ts";

const LIMITS = ["min", "low", "high", "max"] as const;

test("without being set, nothing is protected and nothing is limited", () => {
  const { pool } = onePool();
  expect(pool).toMatchObject({ min: 0, low: 0, high: 0, max: Number.POSITIVE_INFINITY });
  pool.charge(1);
  expect(pool).toMatchObject({ min: 0, low: 0, high: 0, max: Number.POSITIVE_INFINITY });
});

describe.each(LIMITS)("%s", (limit) => {
  test.each([0, 1, 4097, 2 ** 51 - 2])("reads as it was set: %s", (bytes) => {
    const { pool } = onePool();
    pool[limit] = bytes;
    expect([pool[limit], pool.values()[limit]]).toEqual([bytes, BigInt(bytes)]);
  });

  test.each([2 ** 51 - 1, 2 ** 53 - 1, Number.POSITIVE_INFINITY])("of %s reads as Infinity", (bytes) => {
    const { pool } = onePool();
    pool[limit] = bytes;
    expect(pool[limit]).toBe(Number.POSITIVE_INFINITY);
    expect(pool.values()[limit]).toBe(bytes === Number.POSITIVE_INFINITY ? 2n ** 51n - 1n : BigInt(bytes));
  });

  test.each(BAD_AMOUNTS.filter((amount) => amount !== Number.POSITIVE_INFINITY))("is never %s", (amount) => {
    const { dmem, pool } = onePool();
    const set = () => {
      pool[limit] = amount;
    };
    expectRefusalUnchanged(dmem, set, "RangeError", `${limit} is a whole number`, "or Infinity", `not ${amount}`);
    pool[limit] = 7;
    expectRefusalUnchanged(dmem, set, "RangeError", `not ${amount}`);
    expect(pool[limit]).toBe(7);
  });

  test.each(["5", 5n, null, undefined, {}])("takes numbers only, not %s", (value) => {
    const { dmem, pool } = onePool();
    const set = () => {
      pool[limit] = value as never;
    };
    expectRefusalUnchanged(dmem, set, "RangeError", `${limit} is`);
  });

  test("cannot be set on the root", () => {
    const { dmem, region } = onePool();
    const pool = dmem.root.pool(region);
    const set = () => {
      pool[limit] = 5;
    };
    expectRefusalUnchanged(dmem, set, "EINVAL", "root", limit);
  });

  test("is seen by another agent at once", () => {
    const { dmem, pool } = onePool();
    const same = seenBy(attachTo(dmem), pool);
    pool[limit] = 5;
    expect(same[limit]).toBe(5);
    same[limit] = 6;
    expect(pool[limit]).toBe(6);
  });

  test("leaves the others alone", () => {
    const { pool } = onePool();
    for (const other of LIMITS) pool[other] = 9;
    pool[limit] = 5;
    expect(LIMITS.filter((other) => pool[other] !== 9)).toEqual([limit]);
  });

  test("cannot be set once the group was removed", () => {
    const { dmem, group, pool } = onePool();
    pool.charge(5);
    group.rmdir();
    const set = () => {
      pool[limit] = 5;
    };
    expectRefusalUnchanged(dmem, set, "ENODEV", '"/a"');
    pool.uncharge(5);
    expectRefusalUnchanged(dmem, set, "ENODEV", '"/a"');
  });

  test("cannot be set once the region was unregistered", () => {
    const { dmem, region, pool } = onePool();
    pool.charge(5);
    region.unregister();
    const set = () => {
      pool[limit] = 5;
    };
    expectRefusalUnchanged(dmem, set, "ENODEV", "vram");
    pool.uncharge(5);
    expectRefusalUnchanged(dmem, set, "ENODEV", "vram");
  });
});

test("max below usage leaves the charges and refuses new ones", () => {
  const { pool } = onePool();
  pool.charge(10);
  pool.max = 4;
  expect([pool.usage, pool.tryCharge(1)]).toEqual([10, pool]);
  pool.uncharge(6);
  expect(pool.tryCharge(1)).toBe(pool);
  pool.uncharge(1);
  expect(pool.tryCharge(1)).toBeNull();
});

test("the limits of a removed group go at once, its charges stay", () => {
  const { group, region, pool } = onePool();
  const leaf = group.mkdir("b");
  const below = leaf.pool(region);
  below.charge(10);
  below.max = 10;
  below.min = below.low = 7;
  leaf.rmdir();
  expect(below).toMatchObject({ usage: 10, min: 0, low: 0, max: Number.POSITIVE_INFINITY });
  expect(pool.usage).toBe(10);
});
