import { describe, expect, test } from "vitest";
import { memparse, parseCounter, parseLimit, UNLIMITED } from "../../../src/cgroup/memparse.ts";

const LARGEST = 2n ** 64n - 1n;
const refused = expect.objectContaining({ code: "EINVAL", errno: -22 });

describe("memparse", () => {
  test.each([
    ["decimal", "4096", 4096n, 4],
    ["octal behind 0", "010", 8n, 3],
    ["hexadecimal behind 0x", "0x1f", 31n, 4],
    ["hexadecimal behind 0X, digits in either case", "0XaF", 175n, 4],
    ["zero", "0", 0n, 1],
  ])("reads %s", (_, text, value, end) => {
    expect(memparse(text)).toEqual({ value, end });
  });

  test.each([..."kmgtpe"].map((suffix, index) => [suffix, 1024n ** BigInt(index + 1)] as const))(
    "takes %s in either case as a power of 1024",
    (suffix, factor) => {
      expect(memparse(`3${suffix}`)).toEqual({ value: 3n * factor, end: 2 });
      expect(memparse(`3${suffix.toUpperCase()}`)).toEqual({ value: 3n * factor, end: 2 });
    },
  );

  test("takes one suffix only", () => {
    expect(memparse("1KK")).toEqual({ value: 1024n, end: 2 });
  });

  test("takes e as a suffix in base 10 and as a digit in base 16", () => {
    expect(memparse("1e")).toEqual({ value: 2n ** 60n, end: 2 });
    expect(memparse("0x1e")).toEqual({ value: 30n, end: 4 });
  });

  test("stops at a digit that the base does not have", () => {
    expect(memparse("08")).toEqual({ value: 0n, end: 1 });
    expect(memparse("0x1g")).toEqual({ value: 2n ** 30n, end: 4 });
  });

  test("takes the 0 alone where no digit follows 0x", () => {
    expect(memparse("0x")).toEqual({ value: 0n, end: 1 });
    expect(memparse("0xg")).toEqual({ value: 0n, end: 1 });
  });

  test("lets a suffix follow a lone 0", () => {
    expect(memparse("0k")).toEqual({ value: 0n, end: 2 });
  });

  test.each(["", "k", " 1", "-1", "+1", "x1", "\u00b9"])("consumes nothing of %j", (text) => {
    expect(memparse(text)).toEqual({ value: 0n, end: 0 });
  });

  test("holds 2^64-1 and sticks there one above", () => {
    expect(memparse("18446744073709551615").value).toBe(LARGEST);
    expect(memparse("18446744073709551616")).toEqual({ value: LARGEST, end: 20 });
  });

  test("sticks at 2^64-1 when a suffix takes the value over it", () => {
    expect(memparse("15E").value).toBe(15n << 60n);
    expect(memparse("16E").value).toBe(LARGEST);
  });

  test("goes on consuming digits after it has stuck", () => {
    expect(memparse(`${"9".repeat(40)}K`)).toEqual({ value: LARGEST, end: 41 });
  });

  test("reads bytes as it reads the string of the same characters", () => {
    const text = Buffer.from("xx64K\u00a0", "latin1").subarray(2);
    expect(memparse(text)).toEqual(memparse("64K\u00a0"));
  });
});

describe("parseCounter", () => {
  test("rounds down to pages of 4096 bytes", () => {
    expect(parseCounter("8191", "max")).toBe(1n);
    expect(parseCounter("8K", "max")).toBe(2n);
  });

  test("takes the word for no limit, and only that one", () => {
    expect(parseCounter("max", "max")).toBe(UNLIMITED);
    expect(parseCounter("-1", "-1")).toBe(UNLIMITED);
    expect(() => parseCounter("max", "-1")).toThrow(refused);
  });

  test("holds 2^51-1 pages and caps above", () => {
    expect(parseCounter(String((UNLIMITED - 1n) * 4096n), "max")).toBe(UNLIMITED - 1n);
    expect(parseCounter("16E", "max")).toBe(UNLIMITED);
  });

  test("takes the empty text as 0", () => {
    expect(parseCounter("", "max")).toBe(0n);
  });

  test.each(["1x", "1 ", " 1", "08", "maxx", "Max"])("refuses %j", (text) => {
    expect(() => parseCounter(text, "max")).toThrow(refused);
  });
});

describe("parseLimit", () => {
  test("does not round", () => {
    expect(parseLimit("8191")).toBe(8191n);
  });

  test("takes max as 2^51-1 bytes", () => {
    expect(parseLimit("max")).toBe(2n ** 51n - 1n);
  });

  test("does not cap", () => {
    expect(parseLimit("16E")).toBe(LARGEST);
  });

  test("takes the empty text as 0", () => {
    expect(parseLimit(new Uint8Array(0))).toBe(0n);
  });

  test.each(["1x", "1 ", "-1", "max ", "1\n2"])("refuses %j and says so", (text) => {
    expect(() => parseLimit(text)).toThrow(refused);
    expect(() => parseLimit(text)).toThrow(JSON.stringify(text));
    expect(() => parseLimit(text)).toThrow('"max"');
  });
});
