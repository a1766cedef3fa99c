import { describe, expect, test } from "vitest";
import {
  ACCOUNT,
  ACCOUNT_BATCH,
  ACCOUNT_CHARGED,
  ACCOUNT_INTENDED,
  ACCOUNT_POOL,
  ACCOUNT_ROOM,
  ACCOUNT_SEQUENCE,
  ACCOUNT_SHELF,
  ACCOUNT_SHIFT,
  ACCOUNT_STOCK,
  ACCOUNT_USE,
  ARENA_GATE,
  ARENA_RECORDS,
  BAD_AMOUNT,
  BAD_ID,
  BUSY,
  GONE,
  OFFLINE,
  OK,
  POOL_SHIFT,
  POOL_STAMP,
  POOL_USAGE,
  STAMP_SHIFT,
} from "../../assembly/abi.ts";
import type { Pool } from "../../src/index.ts";
import { BAD_AMOUNTS } from "./bad-amounts.ts";
import { attachTo, coreOf, expectRefusalUnchanged, onePool, seenBy, slotsUsed } from "./small-dmem.ts";

const LARGEST = 2 ** 53 - 1;

/** The usage of a pool and of all above it. */
function usages(pool: Pool): number[] {
  return [pool.usage, ...(pool.parent === null ? [] : usages(pool.parent))];
}

/** This thread's account for a pool: its id, the use it is for, and where a word of it is among those of the arena. */
function accountOf(pool: Pool) {
  const { book, use } = pool as unknown as { book: number; use: number };
  const at = (word: number) => ((book << ACCOUNT_SHIFT) + word) / 4;
  return { book, use, at, words: new Uint32Array(coreOf(pool).memory.buffer) };
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

test("after each operation an account is at rest, whatever came of it", () => {
  const { pool } = onePool();
  pool.max = 10;
  const isAtRest = () => {
    const { at } = accountOf(pool);
    const long = (word: number) => coreOf(pool).long(at(word) * 4);
    return long(ACCOUNT_INTENDED) === long(ACCOUNT_CHARGED);
  };
  pool.charge(5);
  for (const amount of [1, 11, 2 ** 33]) {
    pool.tryCharge(amount);
    expect(isAtRest(), `after a charge of ${amount}`).toBe(true);
  }
  expect(() => pool.charge(LARGEST)).toThrow("2^53-1");
  expect(isAtRest(), "after a charge that is too much").toBe(true);
  pool.uncharge(2);
  expect(isAtRest(), "after a return").toBe(true);
});

test("the core itself refuses to return what is no amount, and for no account", () => {
  const { pool } = onePool();
  pool.charge(5);
  const { book, use } = accountOf(pool);
  const { call } = coreOf(pool);
  expect([call.unchargeLarge(0, use, 2 ** 33), call.unchargeLarge(book, use, Number.NaN)]).toEqual([
    BAD_ID,
    BAD_AMOUNT,
  ]);
});

test("each operation that has ended is counted once, whatever came of it", () => {
  const { pool } = onePool();
  pool.max = 10;
  pool.charge(0);
  const { book, use, at, words } = accountOf(pool);
  const { call } = coreOf(pool);
  const counts = [
    () => call.charge(book, use, 5),
    () => call.tryCharge(book, use, 1),
    () => call.tryCharge(book, use, 11),
    () => call.uncharge(book, use, 2),
  ].map((operation) => {
    const before = words[at(ACCOUNT_SEQUENCE)] ?? 0;
    operation();
    return (words[at(ACCOUNT_SEQUENCE)] ?? 0) - before;
  });
  expect(counts).toEqual([1, 1, 1, 1]);
});

test("while the gate is closed nothing is charged or returned, and it is told what is held", () => {
  const { pool } = onePool();
  pool.charge(5);
  const { book, use, words } = accountOf(pool);
  const { call } = coreOf(pool);
  words[ARENA_GATE / 4] = 0;
  expect([call.charge(book, use, 1), call.tryCharge(book, use, 1), call.uncharge(book, use, 1)]).toEqual([
    BUSY,
    BUSY,
    BUSY,
  ]);
  expect([call.tryCharge(0, use, 1), call.held(book, use), pool.usage]).toEqual([BAD_ID, 5, 5]);
});

test("no id but that of an account in use holds anything", () => {
  const { pool } = onePool();
  pool.charge(5);
  const { book, use, words } = accountOf(pool);
  const core = coreOf(pool);
  const behind = (ARENA_RECORDS >> ACCOUNT_SHIFT) + core.capacityOf(ACCOUNT);
  words[((behind << ACCOUNT_SHIFT) + ACCOUNT_POOL) / 4] = pool.find() << POOL_SHIFT;
  expect([0, book + 1, behind].map((id) => core.call.held(id, use))).toEqual([BAD_ID, BAD_ID, BAD_ID]);
});

test("nothing is held of another use of the counter's slot, whatever became of this one", () => {
  const { pool } = onePool();
  pool.charge(5);
  const { book, use } = accountOf(pool);
  const { call } = coreOf(pool);
  const stamps = [use, use | OFFLINE, use + (1 << STAMP_SHIFT)];
  expect(stamps.map((stamp) => call.held(book, stamp))).toEqual([5, 5, 0]);
});

test("an account begins empty, whatever its slot was left with", () => {
  const { dmem, region, pool } = onePool();
  const first = attachTo(dmem);
  const theirs = seenBy(first, pool);
  theirs.charge(5);
  const { book, at, words } = accountOf(theirs);
  first.dispose();
  const longs = [ACCOUNT_CHARGED, ACCOUNT_INTENDED].flatMap((word) => [at(word), at(word) + 1]);
  const zeroes = [...longs, ...[ACCOUNT_SEQUENCE, ACCOUNT_STOCK, ACCOUNT_ROOM, ACCOUNT_SHELF, ACCOUNT_BATCH].map(at)];
  for (const word of [...zeroes, at(ACCOUNT_USE)]) words[word] = 7;
  const core = coreOf(seenBy(attachTo(dmem), dmem.root.pool(region)));
  expect(core.account(pool.find(), "It")).toBe(book);
  expect(zeroes.map((word) => words[word])).toEqual(zeroes.map(() => 0));
  expect(words[at(ACCOUNT_USE)]).toBe(core.word((pool.find() << POOL_SHIFT) + POOL_STAMP) >>> STAMP_SHIFT);
});

test("an account turns to the present use of its counter's slot empty, whatever it held of the last one", () => {
  const { pool } = onePool();
  pool.charge(0);
  const core = coreOf(pool);
  const { book, at, words } = accountOf(pool);
  const held = [ACCOUNT_CHARGED, ACCOUNT_INTENDED, ACCOUNT_STOCK, ACCOUNT_ROOM, ACCOUNT_SHELF].map(at);
  for (const word of held) words[word] = 7;
  expect([core.call.renewAccount(book), ...held.map((word) => words[word])]).toEqual([OK, 7, 7, 7, 7, 7]);
  const use = words[at(ACCOUNT_USE)] ?? 0;
  words[at(ACCOUNT_USE)] = use + 1;
  expect([core.call.renewAccount(book), ...held.map((word) => words[word])]).toEqual([OK, 0, 0, 0, 0, 0]);
  expect([words[at(ACCOUNT_USE)], core.call.renewAccount(0)]).toEqual([use, BAD_ID]);
});

test("an account of a slot that was used before is for the use in which it was opened", () => {
  const { dmem, region, group, pool } = onePool();
  pool.charge(0);
  const slot = pool.find();
  group.rmdir();
  const again = dmem.root.mkdir("b").pool(region);
  const other = attachTo(dmem);
  seenBy(other, again).charge(5);
  other.dispose();
  expect([again.usage, again.find()]).toEqual([0, slot]);
});

test("an account is closed empty and at rest, whatever its words tell of a stock", () => {
  const { dmem, pool } = onePool();
  const other = attachTo(dmem);
  const theirs = seenBy(other, pool);
  theirs.charge(5);
  const { at, words } = accountOf(theirs);
  words[at(ACCOUNT_STOCK)] = 7;
  other.dispose();
  const longs = [ACCOUNT_CHARGED, ACCOUNT_INTENDED].flatMap((word) => [at(word), at(word) + 1]);
  expect([...longs, at(ACCOUNT_STOCK)].map((word) => words[word])).toEqual([0, 0, 0, 0, 0]);
});

test("no account is opened for no agent, nor for no pool", () => {
  const { dmem, pool } = onePool();
  pool.charge(0);
  const { agent, call } = coreOf(pool);
  const used = slotsUsed(dmem);
  expect([call.openAccount(0, pool.find()), call.openAccount(agent, 0)]).toEqual([BAD_ID, GONE]);
  expect(slotsUsed(dmem)).toEqual(used);
});

test("-0 is 0", () => {
  const { pool } = onePool();
  expect(pool.tryCharge(-0)).toBeNull();
  pool.charge(-0);
  pool.uncharge(-0);
  expect(pool.usage).toBe(0);
});
