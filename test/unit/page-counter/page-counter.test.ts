import { describe, expect, test } from "vitest";
import { show } from "../../../src/core/bytes.ts";
import { PageCounter } from "../../../src/page-counter/index.ts";
import { expectRefusal, type Kind } from "../../support/refusal.ts";

// What a program may pass, and what is particular to "intended" semantics. What the counters do: test/contract.

const LARGEST = 2n ** 64n - 1n;
const MOST = 2n ** 53n - 1n;

type Operation = "tryCharge" | "charge" | "uncharge" | "cancel" | "setMin" | "setLow" | "setHigh" | "setMax";
const OPERATIONS: readonly Operation[] = [
  "tryCharge",
  "charge",
  "uncharge",
  "cancel",
  "setMin",
  "setLow",
  "setHigh",
  "setMax",
];

/** Expects a refusal that changes nothing of this counter. */
function expectUnchanged(counter: PageCounter, attempt: () => unknown, kind: Kind, ...words: string[]): void {
  const before = counter.values();
  expectRefusal(attempt, kind, ...words);
  expect(counter.values()).toEqual(before);
}

describe.each(OPERATIONS)("%s", (operation) => {
  test.each([5, 0, "5", null, undefined, Number.NaN, {}])("takes a bigint, not %s", (value) => {
    const counter = PageCounter.create({ capacity: 1 });
    expectUnchanged(counter, () => counter[operation](value as never), "TypeError", "bigint", show(value));
  });

  test.each([-1n, LARGEST + 1n])("takes 0 to 2^64-1, not %s", (value) => {
    const counter = PageCounter.create({ capacity: 1 });
    expectUnchanged(counter, () => counter[operation](value), "RangeError", "2^64-1", `${value}n`);
  });
});

describe.each(["tryCharge", "charge"] as const)("%s", (operation) => {
  test("takes up to 2^53-1 at once", () => {
    const counter = PageCounter.create({ capacity: 1 });
    counter.setMax(LARGEST);
    expectUnchanged(counter, () => counter[operation](MOST + 1n), "RangeError", "2^53-1", `${MOST + 1n}n`);
    counter[operation](MOST);
    expect(counter.values().usage).toBe(MOST);
  });

  test("takes up to 2^53-1 in all, at every level", () => {
    const top = PageCounter.create({ capacity: 2 });
    const leaf = top.child();
    top.setMax(LARGEST);
    leaf.setMax(LARGEST);
    top.charge(MOST);
    const usages = () => [leaf.values().usage, top.values().usage];
    expectRefusal(() => leaf[operation](1n), "EINVAL", "2^53-1");
    expect(usages()).toEqual([0n, MOST]);
    top.uncharge(1n);
    leaf[operation](1n);
    expect(usages()).toEqual([1n, MOST]);
  });
});

describe.each(["uncharge", "cancel"] as const)("%s", (operation) => {
  test("takes what is there, and not one more", () => {
    const counter = PageCounter.create({ capacity: 1 });
    counter.charge(5n);
    expectUnchanged(counter, () => counter[operation](6n), "EINVAL", "5", "6");
    expectUnchanged(counter, () => counter[operation](LARGEST), "EINVAL", `${LARGEST}`);
    expect([counter[operation](5n), counter.values().usage]).toEqual([[], 0n]);
  });
});

test("uncharge is refused when only a level above has too little", () => {
  const top = PageCounter.create({ capacity: 2 });
  const leaf = top.child();
  leaf.charge(5n);
  top.cancel(1n);
  expectUnchanged(leaf, () => leaf.uncharge(5n), "EINVAL", "5");
  expect(top.values().usage).toBe(4n);
});

test("cancel takes from one level alone", () => {
  const top = PageCounter.create({ capacity: 2 });
  const leaf = top.child();
  leaf.charge(5n);
  leaf.cancel(2n);
  expect([leaf.values().usage, top.values().usage]).toEqual([3n, 5n]);
});

test("in linux-7.3 semantics all levels from the 64th up are named if one of them has too little", () => {
  const chain = [PageCounter.create({ capacity: 66, semantics: "linux-7.3" })];
  while (chain.length < 66) chain.push((chain.at(-1) as PageCounter).child());
  const leaf = chain.at(-1) as PageCounter;
  leaf.charge(1n);
  (chain[1] as PageCounter).cancel(1n);
  expect(leaf.uncharge(1n)).toEqual([chain[2], chain[1], chain[0]]);
});

test("a refused charge leaves the marks alone", () => {
  const top = PageCounter.create({ capacity: 2 });
  const leaf = top.child();
  top.setMax(5n);
  expect(leaf.tryCharge(6n)).toBe(top);
  expect(leaf.values()).toMatchObject({ usage: 0n, watermark: 0n, localWatermark: 0n });
});

test("setMax is refused below usage, and says so", () => {
  const counter = PageCounter.create({ capacity: 1 });
  counter.charge(5n);
  expectUnchanged(counter, () => counter.setMax(4n), "EBUSY", "5", "4");
  counter.setMax(5n);
  expect(counter.values().max).toBe(5n);
});

describe("the capacity", () => {
  test("counts every counter, below or beside", () => {
    const top = PageCounter.create({ capacity: 3 });
    const child = top.child();
    top.root();
    expectRefusal(() => child.child(), "ENOSPC", "capacity");
    expectRefusal(() => top.root(), "ENOSPC", "capacity");
    expect(child.tryCharge(5n)).toBeNull();
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 31])("is not %s", (capacity) => {
    expectRefusal(() => PageCounter.create({ capacity }), "RangeError", "capacity", `not ${capacity}`);
  });
});

test("semantics are one of two", () => {
  expectRefusal(() => PageCounter.create({ semantics: "linux" as never }), "RangeError", '"linux"');
});

describe("calculateProtection", () => {
  test("refuses a root of another tree", () => {
    const [one, two] = [PageCounter.create({ capacity: 1 }), PageCounter.create({ capacity: 1 })];
    expectRefusal(() => one.calculateProtection(two), "TypeError", "another tree");
  });

  test.each([null, undefined, {}, 1])("refuses %s for a root", (root) => {
    const counter = PageCounter.create({ capacity: 1 });
    expectRefusal(() => counter.calculateProtection(root as never), "TypeError");
  });
});

test("the parent is known, and there is none at the top", () => {
  const top = PageCounter.create({ capacity: 3 });
  expect([top.parent, top.child().parent, top.root().parent]).toEqual([null, top, null]);
});

test("what a counter starts with", () => {
  const zero = 0n;
  expect(PageCounter.create({ capacity: 1 }).values()).toEqual({
    usage: zero,
    min: zero,
    low: zero,
    high: zero,
    max: 2n ** 51n - 1n,
    watermark: zero,
    localWatermark: zero,
    failures: zero,
    protectedMin: zero,
    protectedLow: zero,
    childrenMin: zero,
    childrenLow: zero,
    effectiveMin: zero,
    effectiveLow: zero,
  });
});
