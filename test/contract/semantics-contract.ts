import { describe, expect, test } from "vitest";
import type { AnyCounter, Create, Subject } from "./counter.ts";

const LARGEST = 2n ** 64n - 1n;
const MOST = 2n ** 53n - 1n;

/** What every implementation of the page counter does in one of the semantics and not in the other. (docs/LINUX.md) */
export function semanticsContract(subject: Subject): void {
  describe("in linux-7.3 semantics", () => linuxContract(subject("linux-7.3")));
  describe("in intended semantics", () => intendedContract(subject("intended")));
}

function linuxContract(create: Create): void {
  test("a max of 2^64-1 is never hit, and one more wraps around", () => {
    const counter = create();
    counter.setMax(LARGEST);
    expect(counter.tryCharge(2n ** 63n - 1n)).toBeNull();
    expect(counter.tryCharge(2n ** 63n)).toBeNull();
    expect(counter.values().usage).toBe(LARGEST);
    counter.charge(3n);
    expect(counter.values().usage).toBe(2n);
  });

  test("uncharge beyond usage stops at 0 and says where", () => {
    const { top, middle, leaf } = threeLevels(create);
    leaf.charge(5n);
    middle.charge(3n);
    const short = leaf.uncharge(6n);
    expect(short.length === 1 && short[0] === leaf).toBe(true);
    expect(usages(leaf, middle, top)).toEqual([0n, 2n, 2n]);
    expect(leaf.uncharge(3n)).toHaveLength(3);
    expect(usages(leaf, middle, top)).toEqual([0n, 0n, 0n]);
  });

  test("cancel beyond usage stops at 0", () => {
    const { top, middle, leaf } = threeLevels(create);
    leaf.charge(5n);
    expect(middle.cancel(6n)).toHaveLength(1);
    expect(usages(leaf, middle, top)).toEqual([5n, 0n, 5n]);
  });

  test("a level that stands at 2^63 or more stops at 0 when a charge is taken back", () => {
    const { top, leaf } = threeLevels(create);
    leaf.setMax(LARGEST);
    leaf.charge(2n ** 63n);
    expect(leaf.tryCharge(1n) === leaf.parent).toBe(true);
    expect(usages(leaf, top)).toEqual([0n, 2n ** 63n]);
  });

  test("a charge that is refused has raised both marks below, up to max, and not there", () => {
    const { top, middle, leaf } = threeLevels(create);
    leaf.setMax(11n);
    middle.setMax(10n);
    leaf.tryCharge(11n);
    expect([leaf, middle, top].map(marks)).toEqual([
      [11n, 11n],
      [0n, 0n],
      [0n, 0n],
    ]);
  });
}

function intendedContract(create: Create): void {
  test("a counter holds 2^53-1 and not one more, whatever its max; then nothing is charged", () => {
    const { top, middle, leaf } = threeLevels(create);
    for (const counter of [top, middle, leaf]) counter.setMax(LARGEST);
    middle.charge(1n);
    for (const n of [MOST, MOST + 1n, LARGEST]) {
      expectInvalid(() => leaf.tryCharge(n));
      expectInvalid(() => leaf.charge(n));
    }
    expect([leaf, middle, top].flatMap(marks)).toEqual([0n, 0n, 1n, 1n, 1n, 1n]);
    expect(leaf.tryCharge(MOST - 1n)).toBeNull();
    expect(usages(leaf, middle, top)).toEqual([MOST - 1n, MOST, MOST]);
  });

  test("a level that refuses does so before one above it would hold too much", () => {
    const { top, leaf } = threeLevels(create);
    top.charge(MOST);
    leaf.setMax(10n);
    expect(leaf.tryCharge(11n) === leaf).toBe(true);
    expect(usages(leaf, top)).toEqual([0n, MOST]);
  });

  test("uncharge takes nothing if one level has less", () => {
    const { top, middle, leaf } = threeLevels(create);
    leaf.charge(5n);
    middle.cancel(2n);
    expectInvalid(() => leaf.uncharge(6n));
    expectInvalid(() => leaf.uncharge(4n));
    expect(usages(leaf, middle, top)).toEqual([5n, 3n, 5n]);
    expect(leaf.uncharge(3n)).toEqual([]);
    expect(usages(leaf, middle, top)).toEqual([2n, 0n, 2n]);
  });

  test("cancel takes nothing if there is less", () => {
    const { top, middle, leaf } = threeLevels(create);
    leaf.charge(5n);
    expectInvalid(() => middle.cancel(6n));
    expect(usages(leaf, middle, top)).toEqual([5n, 5n, 5n]);
  });

  test("a charge that is refused raises no mark", () => {
    const { top, middle, leaf } = threeLevels(create);
    middle.setMax(10n);
    leaf.tryCharge(11n);
    expect([leaf, middle, top].flatMap(marks)).toEqual(Array(6).fill(0n));
  });
}

function threeLevels(create: Create): { top: AnyCounter; middle: AnyCounter; leaf: AnyCounter } {
  const top = create();
  const middle = top.child();
  return { top, middle, leaf: middle.child() };
}

function usages(...counters: AnyCounter[]): bigint[] {
  return counters.map((counter) => counter.values().usage);
}

function marks(counter: AnyCounter): bigint[] {
  const { watermark, localWatermark } = counter.values();
  return [watermark, localWatermark];
}

function expectInvalid(attempt: () => unknown): void {
  expect(attempt).toThrow(expect.objectContaining({ code: "EINVAL" }));
}
