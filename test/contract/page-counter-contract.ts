import { describe, expect, test } from "vitest";
import type { AnyCounter, Create } from "./counter.ts";

const UNLIMITED = 2n ** 51n - 1n;
const LARGEST = 2n ** 64n - 1n;

/** What every implementation of the page counter does in both semantics. (Linux mm/page_counter.c) */
export function pageCounterContract(create: Create): void {
  const usages = (...counters: AnyCounter[]) => counters.map((counter) => counter.values().usage);

  /** A top, a counter below it, and one below that. */
  function threeLevels(): [top: AnyCounter, middle: AnyCounter, leaf: AnyCounter] {
    const top = create();
    const middle = top.child();
    return [top, middle, middle.child()];
  }

  describe("smoke", () => {
    test("a charge counts at every level, an uncharge takes it back", () => {
      const [top, middle, leaf] = threeLevels();
      expect(leaf.tryCharge(5n)).toBeNull();
      middle.charge(2n);
      expect(usages(leaf, middle, top)).toEqual([5n, 7n, 7n]);
      expect(leaf.uncharge(5n)).toEqual([]);
      expect(middle.uncharge(2n)).toEqual([]);
      expect(usages(leaf, middle, top)).toEqual([0n, 0n, 0n]);
    });

    test("a new counter has no limit, no protection and no usage", () => {
      const { max, ...others } = create().child().values();
      expect(max).toBe(UNLIMITED);
      expect(Object.values(others).every((value) => value === 0n)).toBe(true);
    });

    test("a counter knows its parent", () => {
      const [top, middle, leaf] = threeLevels();
      expect(leaf.parent === middle && middle.parent === top && top.parent === null).toBe(true);
    });

    test("another top has nothing to do with the first", () => {
      const top = create();
      const other = top.root();
      other.charge(5n);
      expect([other.parent, ...usages(top, other)]).toEqual([null, 0n, 5n]);
    });
  });

  describe("limits", () => {
    test.each([0n, 1n, UNLIMITED, 2n ** 63n, LARGEST])("each reads as it was set: %s", (value) => {
      const counter = create().child();
      counter.setMin(value);
      counter.setLow(value);
      counter.setHigh(value);
      counter.setMax(value);
      expect(counter.values()).toMatchObject({ min: value, low: value, high: value, max: value });
    });

    test("max is refused below usage and taken at usage", () => {
      const counter = create();
      counter.charge(5n);
      expect(() => counter.setMax(4n)).toThrow(expect.objectContaining({ code: "EBUSY" }));
      expect(counter.values().max).toBe(UNLIMITED);
      counter.setMax(5n);
      expect(counter.values().max).toBe(5n);
    });

    test("high limits nothing", () => {
      const counter = create();
      counter.setHigh(1n);
      expect(counter.tryCharge(5n)).toBeNull();
    });

    test("charge obeys no limit", () => {
      const [top, middle, leaf] = threeLevels();
      for (const counter of [top, middle, leaf]) counter.setMax(1n);
      leaf.charge(5n);
      expect(usages(leaf, middle, top)).toEqual([5n, 5n, 5n]);
    });
  });

  describe("boundaries", () => {
    test("tryCharge fills to max, and not one more", () => {
      const counter = create();
      counter.setMax(10n);
      expect(counter.tryCharge(11n)).toBe(counter);
      expect(counter.tryCharge(10n)).toBeNull();
      expect(counter.tryCharge(1n)).toBe(counter);
      expect(counter.tryCharge(0n)).toBeNull();
    });

    test("without a limit a counter is full at 2^51-1", () => {
      const counter = create();
      expect(counter.tryCharge(UNLIMITED + 1n)).toBe(counter);
      expect(counter.tryCharge(UNLIMITED)).toBeNull();
      expect(counter.tryCharge(1n)).toBe(counter);
    });

    test("cancel takes from one level alone", () => {
      const [top, middle, leaf] = threeLevels();
      leaf.charge(5n);
      expect(middle.cancel(2n)).toEqual([]);
      expect(usages(leaf, middle, top)).toEqual([5n, 3n, 5n]);
    });
  });

  describe("refusal", () => {
    test.each([0, 1, 2])("names the counter that was full: %i levels up", (level) => {
      const [top, middle, leaf] = threeLevels();
      const full = [leaf, middle, top][level];
      full?.setMax(10n);
      expect(leaf.tryCharge(11n) === full).toBe(true);
    });

    test("names the lowest of several", () => {
      const [top, middle, leaf] = threeLevels();
      for (const counter of [top, middle]) counter.setMax(10n);
      expect(leaf.tryCharge(11n) === middle).toBe(true);
    });

    test("is counted at the counter that was full, for charges that begin where that is wanted", () => {
      const top = create();
      const counted = top.child({ trackFailures: true });
      const uncounted = top.child({ trackFailures: false });
      top.setMax(10n);
      for (const counter of [counted, counted, uncounted, top]) counter.tryCharge(11n);
      expect([top, counted, uncounted].map((counter) => counter.values().failures)).toEqual([2n, 0n, 0n]);
    });
  });

  describe("unwinding", () => {
    test.each([0, 1, 2])("a charge that is refused %i levels up is taken back at every level", (level) => {
      const [top, middle, leaf] = threeLevels();
      top.charge(3n);
      middle.charge(2n);
      leaf.charge(1n);
      [leaf, middle, top][level]?.setMax(10n);
      expect(leaf.tryCharge(11n)).not.toBeNull();
      expect(usages(leaf, middle, top)).toEqual([1n, 3n, 6n]);
    });

    test("also from what is protected", () => {
      const [top, middle, leaf] = threeLevels();
      leaf.setLow(100n);
      leaf.charge(1n);
      top.setMax(10n);
      leaf.tryCharge(50n);
      expect([leaf.values().protectedLow, middle.values().childrenLow]).toEqual([1n, 1n]);
    });
  });

  describe("marks", () => {
    const marks = (counter: AnyCounter) => [counter.values().watermark, counter.values().localWatermark];

    test("are the largest usage at every level", () => {
      const [top, middle, leaf] = threeLevels();
      leaf.charge(5n);
      leaf.uncharge(4n);
      middle.charge(3n);
      expect([leaf, middle, top].map(marks)).toEqual([
        [5n, 5n],
        [5n, 5n],
        [5n, 5n],
      ]);
      middle.charge(2n);
      expect([leaf, middle, top].map(marks)).toEqual([
        [5n, 5n],
        [6n, 6n],
        [6n, 6n],
      ]);
    });

    test("reach max, and not one more", () => {
      const [, middle, leaf] = threeLevels();
      middle.setMax(10n);
      leaf.tryCharge(10n);
      leaf.tryCharge(1n);
      expect(marks(middle)).toEqual([10n, 10n]);
    });

    test("have nothing to do with a counter that was made before", () => {
      const before = create().child({ protection: false });
      before.charge(100n);
      before.setLow(200n);
      before.setMax(100n);
      const counter = before.root();
      for (const n of [5n, 200n]) {
        counter.tryCharge(n);
        expect(marks(counter)).toEqual(Array(2).fill(counter.values().usage));
      }
    });

    test("become the present usage, both or the local one alone", () => {
      const counter = create();
      counter.charge(9n);
      counter.uncharge(4n);
      counter.resetLocalWatermark();
      expect(marks(counter)).toEqual([9n, 5n]);
      counter.charge(1n);
      expect(marks(counter)).toEqual([9n, 6n]);
      counter.charge(4n);
      expect(marks(counter)).toEqual([10n, 10n]);
      counter.uncharge(8n);
      counter.resetWatermark();
      expect(marks(counter)).toEqual([2n, 2n]);
    });
  });
}
