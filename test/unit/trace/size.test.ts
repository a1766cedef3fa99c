import { describe, expect, test } from "vitest";
import { formatNumber, parseSize, sizeInBytes } from "../../../src/trace/size.ts";

const GiB = 1024 ** 3;

describe("parseSize", () => {
  test.each([
    ["0", 0],
    ["8589934592", 8 * GiB],
    ["9007199254740991", 2 ** 53 - 1],
    ["1K", 1024],
    ["1M", 1024 ** 2],
    ["8G", 8 * GiB],
    ["8g", 8 * GiB],
    ["8GiB", 8 * GiB],
    ["8GB", 8 * GiB],
    ["2T", 2 * 1024 ** 4],
    ["1.5G", 1.5 * GiB],
    ["0.1K", 102],
  ])("reads %s as %d bytes", (text, bytes) => {
    expect(parseSize(text)).toEqual({ unit: "bytes", bytes });
  });

  test.each([
    ["0%", 0],
    ["12.5%", 12.5],
    ["100%", 100],
  ])("reads %s as a share", (text, percent) => {
    expect(parseSize(text)).toEqual({ unit: "percent", percent });
  });

  test("reads max", () => {
    expect(parseSize("max")).toEqual({ unit: "max" });
  });

  test.each([
    "",
    " ",
    "8 G",
    "-1",
    "+1",
    "1.5",
    "0x10",
    "1e3",
    "8P",
    "8Gi",
    "G",
    "%",
    "100.1%",
    "101%",
    "MAX",
    "9007199254740992",
    "8192T",
  ])("does not take %j", (text) => {
    expect(parseSize(text)).toBeNull();
  });
});

describe("sizeInBytes", () => {
  test("takes a share of the region, rounded down", () => {
    expect(sizeInBytes({ unit: "percent", percent: 50 }, 1001)).toBe(500);
  });

  test("takes bytes as they are, also beyond the region", () => {
    expect(sizeInBytes({ unit: "bytes", bytes: 7 }, 1)).toBe(7);
  });

  test("takes max as no limit", () => {
    expect(sizeInBytes({ unit: "max" }, 1)).toBe(Number.POSITIVE_INFINITY);
  });
});

test("formats numbers with separators, to the last byte", () => {
  expect(formatNumber(2 ** 53 - 1)).toBe("9,007,199,254,740,991");
});
