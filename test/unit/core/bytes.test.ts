import { expect, test } from "vitest";
import { formatBytes, isBytes, limitNumber, limitValue, requireBytes, show } from "../../../src/core/bytes.ts";
import { GiB, KiB, MiB, TiB } from "../../../src/index.ts";
import { expectRefusal } from "../../support/refusal.ts";

const LARGEST = 2 ** 53 - 1;

test("the units are powers of 1024", () => {
  expect([KiB, MiB, GiB, TiB]).toEqual([2 ** 10, 2 ** 20, 2 ** 30, 2 ** 40]);
});

test.each([0, -0, 1, 4096, LARGEST])("%s is an amount", (value) => {
  expect(isBytes(value)).toBe(true);
  expect(() => requireBytes(value, "An amount")).not.toThrow();
});

test.each([-1, 0.5, LARGEST + 1, Number.NaN, Number.POSITIVE_INFINITY, "1", 1n, null, undefined, {}])(
  "%s is no amount",
  (value) => {
    expect(isBytes(value)).toBe(false);
    expectRefusal(() => requireBytes(value, "An amount"), "RangeError", "An amount", "0 to 2^53-1", show(value));
  },
);

test.each([
  [0, 0n],
  [LARGEST, 2n ** 53n - 1n],
  [Number.POSITIVE_INFINITY, 2n ** 51n - 1n],
])("the limit %s is stored as %s", (limit, stored) => {
  expect(limitValue(limit, "max")).toBe(stored);
});

test.each([-1, 0.5, LARGEST + 1, Number.NaN, Number.NEGATIVE_INFINITY, "max", 1n])("%s is no limit", (value) => {
  expectRefusal(() => limitValue(value, "low"), "RangeError", "low is", "2^53-1, or Infinity", show(value));
});

test("a limit reads as Infinity from 2^51-1 on, and not one byte earlier", () => {
  expect(limitNumber(2 ** 51 - 2)).toBe(2 ** 51 - 2);
  expect(limitNumber(2 ** 51 - 1)).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [2, "2 bytes"],
  [1023, "1023 bytes"],
  [1024, "1 KiB"],
  [1536, "1.5 KiB"],
  [64 * MiB, "64 MiB"],
  [GiB - 1, "1024.0 MiB"],
  [8 * GiB, "8 GiB"],
  [3 * TiB, "3 TiB"],
  [2 ** 50, "1 PiB"],
  [2 ** 60, "1024 PiB"],
  [Number.POSITIVE_INFINITY, "max"],
])("%s bytes read as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  ["a\nb", '"a\\nb"'],
  [5n, "5n"],
  [Number.NaN, "NaN"],
  [-1, "-1"],
  [null, "null"],
  [undefined, "undefined"],
  [{}, "an object"],
])("an error's sentence shows %s as %s", (value, shown) => {
  expect(show(value)).toBe(shown);
});
