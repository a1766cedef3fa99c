import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { completeCapacity } from "../../../src/core/capacity.ts";
import { Core } from "../../../src/core/core.ts";

const capacity = completeCapacity({ cgroups: 1, regions: 1, agents: 1, tickets: 1 });
const core = Core.create({ capacity, rules: 0, options: 0 });
const EFFORT = Number(process.env.EFFORT ?? 1);
const LARGEST = 2n ** 64n - 1n;

function exact(a: bigint, b: bigint, c: bigint): bigint {
  const quotient = (a * b) / c;
  return quotient < LARGEST ? quotient : LARGEST;
}

/** 64-bit numbers of every length, and those next to a power of two. */
const word = fc.oneof(
  fc.bigInt({ min: 0n, max: LARGEST }),
  fc
    .tuple(fc.nat(63), fc.integer({ min: -2, max: 2 }))
    .map(([bit, by]) => BigInt.asUintN(64, (1n << BigInt(bit)) + BigInt(by))),
  fc.tuple(fc.nat(63), fc.bigInt({ min: 0n, max: LARGEST })).map(([shift, value]) => value >> BigInt(shift)),
);
const divisor = word.filter((value) => value !== 0n);

describe.each(["mulDiv", "mulDivLimbs"] as const)("%s", (name) => {
  const quotient = (a: bigint, b: bigint, c: bigint) => BigInt.asUintN(64, core.call[name](a, b, c));

  test.each([
    ["nothing", 0n, LARGEST, 1n],
    ["the smallest", 1n, 1n, 1n],
    ["a product just below 2^64", 2n ** 32n - 1n, 2n ** 32n + 1n, 7n],
    ["a product of 2^64", 2n ** 32n, 2n ** 32n, 7n],
    ["a product just above 2^64", 2n ** 32n + 1n, 2n ** 32n, 7n],
    ["the largest operands", LARGEST, LARGEST, LARGEST],
    ["a quotient just below 2^50", 2n ** 50n - 1n, 2n ** 40n, 2n ** 40n],
    ["a quotient of 2^50", 2n ** 50n, 2n ** 40n, 2n ** 40n],
    ["a quotient just above 2^50", 2n ** 50n + 1n, 2n ** 40n, 2n ** 40n],
    ["a quotient just below 2^50, with a rest", 2n ** 50n - 1n, 2n ** 40n + 1n, 2n ** 40n],
    ["a divisor just below 2^61", 2n ** 60n, 2n ** 60n + 3n, 2n ** 61n - 1n],
    ["a divisor of 2^61", 2n ** 60n, 2n ** 60n + 3n, 2n ** 61n],
    ["a divisor just above 2^61", 2n ** 60n, 2n ** 60n + 3n, 2n ** 61n + 1n],
    ["a divisor just below 2^63", 2n ** 62n + 5n, 2n ** 49n, 2n ** 63n - 1n],
    ["a divisor of 2^63", 2n ** 62n + 5n, 2n ** 49n, 2n ** 63n],
    ["a divisor just above 2^63", 2n ** 62n + 5n, 2n ** 49n, 2n ** 63n + 1n],
    ["the largest divisor", LARGEST - 1n, LARGEST - 1n, LARGEST],
    ["a small quotient of the largest divisor", 3n, 2n ** 63n, LARGEST],
    ["the largest quotient", LARGEST, 12345n, 12345n],
    ["a quotient just too large", LARGEST, 12346n, 12345n],
    ["a quotient far too large", LARGEST, LARGEST, 1n],
    ["digits that need a correction", 2n ** 64n - 2n ** 32n, 2n ** 63n + 2n ** 32n - 1n, 2n ** 63n + 2n ** 32n + 1n],
  ])("of %s is exact", (_, a, b, c) => {
    expect(quotient(a, b, c)).toBe(exact(a, b, c));
    expect(quotient(b, a, c)).toBe(exact(b, a, c));
  });

  // A failure prints its seed and path; fc.assert(…, { seed, path }) runs just that one again.
  test("of any numbers is what bigint arithmetic says", () => {
    const same = fc.property(word, word, divisor, (a, b, c) => quotient(a, b, c) === exact(a, b, c));
    fc.assert(same, { numRuns: 20_000 * EFFORT });
  });

  test("of a part of a whole is at most the whole", () => {
    const amount = fc.bigInt({ min: 0n, max: 2n ** 53n - 1n });
    const within = fc.property(amount, amount, amount, (a, b, c) => {
      const whole = a + c + 1n;
      const part = quotient(a, b, whole);
      return part <= b && part === exact(a, b, whole);
    });
    fc.assert(within, { numRuns: 20_000 * EFFORT });
  });
});
