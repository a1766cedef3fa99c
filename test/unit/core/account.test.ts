import { describe, expect, test } from "vitest";
import { POOL_SHIFT, POOL_USAGE } from "../../../assembly/abi.ts";
import type { Pool } from "../../../src/index.ts";
import { BAD_AMOUNTS } from "../../support/bad-amounts.ts";
import { attachTo, coreOf, expectRefusalUnchanged, onePool, seenBy } from "../../support/small-dmem.ts";

const LARGEST = 2 ** 53 - 1;

/** The usage of a pool and of all above it. */
function usages(pool: Pool): number[] {
  return [pool.usage, ...(pool.parent === null ? [] : usages(pool.parent))];
}

/** The pools of `/`, `/a` and `/a/b`. */
function threeLevels() {
  const { dmem, region, group, pool: middle } = onePool();
  const leaf = group.mkdir("b").pool(region);
  return { dmem, leaf, middle, top: dmem.root.pool(region) };
}

describe("tryCharge", () => {
  test("charges the pool and all above it", () => {
    const { leaf } = threeLevels();
    expect(leaf.tryCharge(5)).toBeNull();
    expect(usages(leaf)).toEqual([5, 5, 5]);
  });

  test("fills a pool exactly to max, and not one byte further", () => {
    const { leaf } = threeLevels();
    leaf.max = 10;
    expect(leaf.tryCharge(10)).toBeNull();
    expect(leaf.tryCharge(1)).toBe(leaf);
    expect(usages(leaf)).toEqual([10, 10, 10]);
  });

  test("returns the ancestor that was full, and charges nothing", () => {
    const { leaf, middle } = threeLevels();
    middle.max = 10;
    expect(leaf.tryCharge(11)).toBe(middle);
    expect(usages(leaf)).toEqual([0, 0, 0]);
    expect(leaf.tryCharge(10)).toBeNull();
  });

  test("returns the ancestor that was full also where nobody has asked for its handle yet", () => {
    const { dmem, leaf, middle } = threeLevels();
    middle.max = 10;
    const theirs = seenBy(attachTo(dmem), leaf);
    expect(theirs.tryCharge(11)?.cgroup.path).toBe(middle.cgroup.path);
  });

  test("returns the lowest of several full pools", () => {
    const { leaf, middle } = threeLevels();
    leaf.max = middle.max = 10;
    expect(leaf.tryCharge(11)).toBe(leaf);
  });

  test("is refused where a counter without a limit would pass 2^51-1 bytes", () => {
    const { leaf, top } = threeLevels();
    expect(leaf.tryCharge(2 ** 51)).toBe(leaf);
    expect(leaf.tryCharge(2 ** 51 - 1)).toBeNull();
    leaf.uncharge(1);
    top.charge(1);
    expect(leaf.tryCharge(1)).toBe(top);
  });

  test("of nothing succeeds exactly at max, and is refused above it", () => {
    const { leaf } = threeLevels();
    leaf.charge(10);
    leaf.max = 10;
    expect(leaf.tryCharge(0)).toBeNull();
    leaf.max = 9;
    expect(leaf.tryCharge(0)).toBe(leaf);
  });

  test("is refused by a max of 0, but for nothing at all", () => {
    const { leaf } = threeLevels();
    leaf.max = 0;
    expect([leaf.tryCharge(1), leaf.tryCharge(0)]).toEqual([leaf, null]);
  });
});

describe("charge", () => {
  test("charges all levels whatever the limits say", () => {
    const { leaf, middle } = threeLevels();
    leaf.max = middle.max = 10;
    leaf.charge(11);
    expect(usages(leaf)).toEqual([11, 11, 11]);
  });

  test("fills a counter to 2^53-1 bytes, and refuses one more", () => {
    const { dmem, leaf, middle } = threeLevels();
    leaf.charge(LARGEST);
    middle.charge(0);
    expectRefusalUnchanged(dmem, () => leaf.charge(1), "EINVAL", '"/a/b"', "2^53-1");
    expectRefusalUnchanged(dmem, () => middle.charge(1), "EINVAL", '"/a"', "2^53-1");
    expect(usages(leaf)).toEqual([LARGEST, LARGEST, LARGEST]);
    leaf.uncharge(1);
    leaf.charge(1);
  });
});

describe("uncharge", () => {
  test("returns what is held to all levels", () => {
    const { leaf } = threeLevels();
    leaf.charge(5);
    leaf.uncharge(3);
    expect([usages(leaf), leaf.held]).toEqual([[2, 2, 2], 2]);
  });

  test("returns exactly what is held, and not one byte more", () => {
    const { dmem, leaf } = threeLevels();
    leaf.charge(5);
    expectRefusalUnchanged(dmem, () => leaf.uncharge(6), "EINVAL", 'vram in "/a/b"', "holds 5 bytes", "return 6 bytes");
    leaf.uncharge(5);
    expectRefusalUnchanged(dmem, () => leaf.uncharge(1), "EINVAL", "holds 0 bytes");
    expect(usages(leaf)).toEqual([0, 0, 0]);
  });

  test("of nothing is allowed where nothing was ever charged", () => {
    const { dmem, leaf } = threeLevels();
    leaf.uncharge(0);
    expectRefusalUnchanged(dmem, () => leaf.uncharge(1), "EINVAL", "holds 0 bytes");
  });

  test("takes off every level what was charged, also where one shows less for a moment", () => {
    const { leaf, top } = threeLevels();
    leaf.charge(5);
    const longs = new BigInt64Array(coreOf(leaf).memory.buffer);
    const at = ((top.find() << POOL_SHIFT) + POOL_USAGE) / 8;
    longs[at] = 3n;
    leaf.uncharge(5);
    expect(longs[at]).toBe(-2n);
  });

  test("does not return at one level what was charged at another", () => {
    const { dmem, leaf, middle } = threeLevels();
    leaf.charge(5);
    middle.charge(2);
    expectRefusalUnchanged(dmem, () => middle.uncharge(3), "EINVAL", "holds 2 bytes");
    expectRefusalUnchanged(dmem, () => leaf.uncharge(6), "EINVAL", "holds 5 bytes");
  });

  test("does not return what another agent holds", () => {
    const { dmem, leaf } = threeLevels();
    const same = seenBy(attachTo(dmem), leaf);
    leaf.charge(5);
    same.charge(2);
    expect([leaf.held, same.held, leaf.usage]).toEqual([5, 2, 7]);
    expectRefusalUnchanged(dmem, () => same.uncharge(3), "EINVAL", "holds 2 bytes");
  });
});

describe.each(["tryCharge", "charge", "uncharge", "handOver"] as const)("%s", (operation) => {
  test.each(BAD_AMOUNTS)("refuses %s bytes and says what is allowed", (amount) => {
    const { dmem, pool } = onePool();
    const attempt = () => pool[operation](amount);
    expectRefusalUnchanged(dmem, attempt, "RangeError", `not ${amount}`, "whole number of bytes from 0 to 2^53-1");
    pool.charge(5);
    expectRefusalUnchanged(dmem, attempt, "RangeError", `not ${amount}`, "whole number of bytes from 0 to 2^53-1");
  });

  test.each([undefined, {}, "five"])("refuses %s for an amount", (amount) => {
    const { dmem, pool } = onePool();
    const attempt = () => pool[operation](amount as never);
    expectRefusalUnchanged(dmem, attempt, "RangeError");
    pool.charge(5);
    expectRefusalUnchanged(dmem, attempt, "RangeError");
  });
});

describe.each(["tryCharge", "charge"] as const)("%s says what became of the pool:", (operation) => {
  const REMOVED = "was removed, or its controller switched off.";
  const UNREGISTERED = "is in a region that was unregistered.";

  test.each([
    ["its group was removed", ["group"], REMOVED],
    ["its region was unregistered", ["region"], UNREGISTERED],
    ["both", ["group", "region"], UNREGISTERED],
  ] as const)("%s", (_, gone, sentence) => {
    const { dmem, group, region, pool } = onePool();
    pool.charge(5);
    if (gone.some((what) => what === "group")) group.rmdir();
    if (gone.some((what) => what === "region")) region.unregister();
    expectRefusalUnchanged(dmem, () => pool[operation](1), "ENODEV", 'vram in "/a"', sentence);
  });

  test.each([true, false])("its counter was freed, and %s that the slot is in use again", (isUsedAgain) => {
    const { dmem, region, group, pool } = onePool();
    pool.charge(5);
    pool.uncharge(5);
    group.rmdir();
    if (isUsedAgain) dmem.root.mkdir("b").pool(region).charge(5);
    expectRefusalUnchanged(dmem, () => pool[operation](1), "ENODEV", 'vram in "/a" was removed.');
  });
});

test("-0 is 0", () => {
  const { pool } = onePool();
  expect(pool.tryCharge(-0)).toBeNull();
  pool.charge(-0);
  pool.uncharge(-0);
  expect(pool.usage).toBe(0);
});
