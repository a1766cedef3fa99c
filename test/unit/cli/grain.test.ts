import { expect, test } from "vitest";
import { Grain } from "../../../src/cli/grain.ts";
import { PAGE_BYTES } from "../../../src/ttm/index.ts";

const TiB = 1024 ** 4;
const BYTES_MAX = 2 ** 53 - 1;

test("is a byte on any card below 2 TiB, and more on a larger one", () => {
  expect(new Grain(1).bytes).toBe(1);
  expect(new Grain(2 * TiB - 2).bytes).toBe(1);
  expect(new Grain(2 * TiB).bytes).toBe(2);
});

test("keeps the largest card's pages countable", () => {
  const grain = new Grain(BYTES_MAX);
  expect(grain.toPool(BYTES_MAX)).toBeLessThanOrEqual(BYTES_MAX);
  expect(grain.pages(BYTES_MAX) * PAGE_BYTES).toBeLessThanOrEqual(BYTES_MAX);
});

test("takes as many pages for a buffer as it has bytes", () => {
  expect(new Grain(1024).pages(513)).toBe(513);
});

test("rounds a buffer up to whole grains", () => {
  const grain = new Grain(4 * TiB);
  expect(grain.pages(4 * grain.bytes)).toBe(4);
  expect(grain.pages(4 * grain.bytes + 1)).toBe(5);
});

test("has more pages for a buffer that is too large to be counted than the card has", () => {
  for (const capacity of [1, 2 * TiB - 2, BYTES_MAX]) {
    const grain = new Grain(capacity);
    expect(grain.pages(BYTES_MAX)).toBeGreaterThan(Math.floor(capacity / grain.bytes));
  }
});

test("gives back the bytes that a pool was given", () => {
  const grain = new Grain(1024);
  expect(grain.fromPool(grain.toPool(513))).toBe(513);
});

test("has no limit where one would be too large to be counted", () => {
  const grain = new Grain(1024);
  expect(grain.toPool(2 * TiB)).toBe(Number.POSITIVE_INFINITY);
  expect(grain.toPool(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
});
