import { expect, test } from "vitest";
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
  STAMP_SHIFT,
} from "../../../assembly/abi.ts";
import type { Pool } from "../../../src/index.ts";
import { attachTo, coreOf, onePool, seenBy, slotsUsed } from "../../support/small-dmem.ts";

// What an account's words tell, and the core's own answers about accounts.

const LARGEST = 2 ** 53 - 1;

/** This thread's account for a pool: its id, the use it is for, and where a word of it is among those of the arena. */
function accountOf(pool: Pool) {
  const { book, use } = pool as unknown as { book: number; use: number };
  const at = (word: number) => ((book << ACCOUNT_SHIFT) + word) / 4;
  return { book, use, at, words: new Uint32Array(coreOf(pool).memory.buffer) };
}

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

test("an account is closed empty and at rest", () => {
  const { dmem, pool } = onePool();
  const other = attachTo(dmem);
  const theirs = seenBy(other, pool);
  theirs.charge(5);
  const { at, words } = accountOf(theirs);
  other.dispose();
  const halves = [ACCOUNT_CHARGED, ACCOUNT_INTENDED].flatMap((word) => [at(word), at(word) + 1]);
  expect(halves.map((word) => words[word])).toEqual([0, 0, 0, 0]);
});

test("no account is opened for no agent, nor for no pool", () => {
  const { dmem, pool } = onePool();
  pool.charge(0);
  const { agent, call } = coreOf(pool);
  const used = slotsUsed(dmem);
  expect([call.openAccount(0, pool.find()), call.openAccount(agent, 0)]).toEqual([BAD_ID, GONE]);
  expect(slotsUsed(dmem)).toEqual(used);
});
