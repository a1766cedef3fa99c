import { describe, expect, test } from "vitest";
import type { AnyCounter, Create } from "./counter.ts";

const LARGEST = 2n ** 64n - 1n;

/** What every implementation of the page counter makes of min and low, in both semantics. (Linux mm/page_counter.c) */
export function protectionContract(create: Create): void {
  /** A top, a counter below it, and one below that. */
  function threeLevels(): [top: AnyCounter, middle: AnyCounter, leaf: AnyCounter] {
    const top = create();
    const middle = top.child();
    return [top, middle, middle.child()];
  }

  describe("protection", () => {
    const effective = (counter: AnyCounter) => [counter.values().effectiveMin, counter.values().effectiveLow];

    test("of usage is at most the setting, and the parent has the sum", () => {
      const top = create();
      const [one, two] = [top.child(), top.child()];
      one.setMin(3n);
      one.setLow(10n);
      two.setLow(4n);
      one.charge(5n);
      two.charge(5n);
      expect(one.values()).toMatchObject({ protectedMin: 3n, protectedLow: 5n });
      expect(two.values()).toMatchObject({ protectedMin: 0n, protectedLow: 4n });
      expect(top.values()).toMatchObject({ childrenMin: 3n, childrenLow: 9n, protectedMin: 0n, protectedLow: 0n });
      one.uncharge(4n);
      expect(top.values()).toMatchObject({ childrenMin: 1n, childrenLow: 5n });
    });

    test("without support for it is what it was when a setting last changed", () => {
      const top = create();
      const leaf = top.child({ protection: false });
      leaf.setLow(10n);
      leaf.charge(5n);
      expect([leaf.values().protectedLow, top.values().childrenLow]).toEqual([0n, 0n]);
      leaf.setLow(4n);
      expect([leaf.values().protectedLow, top.values().childrenLow]).toEqual([4n, 4n]);
      leaf.uncharge(5n);
      expect([leaf.values().protectedLow, top.values().childrenLow]).toEqual([4n, 4n]);
    });

    test("directly below the root is the setting", () => {
      const top = create();
      const leaf = top.child();
      leaf.setMin(7n);
      leaf.setLow(9n);
      leaf.charge(1n);
      leaf.calculateProtection(top, true);
      expect(effective(leaf)).toEqual([7n, 9n]);
    });

    test.each([true, false])("further down is a share of the parent's, floating %s", (recursive) => {
      const [top, middle, leaf] = threeLevels();
      const beside = middle.child();
      middle.setLow(30n);
      leaf.setLow(10n);
      leaf.charge(20n);
      beside.charge(20n);
      for (const counter of [middle, leaf, beside]) counter.calculateProtection(top, recursive);
      const floating = recursive ? [16n, 13n] : [10n, 0n];
      expect([leaf, beside].map((counter) => counter.values().effectiveLow)).toEqual(floating);
      leaf.setLow(60n);
      beside.setLow(10n);
      middle.setLow(15n);
      for (const counter of [middle, leaf, beside]) counter.calculateProtection(top, recursive);
      expect([leaf, beside].map((counter) => counter.values().effectiveLow)).toEqual([10n, 5n]);
    });

    test("of the root itself, of a top and of what has no usage is left as it was", () => {
      const [top, middle, leaf] = threeLevels();
      leaf.setLow(5n);
      middle.setLow(5n);
      for (const counter of [top, middle, leaf]) counter.calculateProtection(top, true);
      expect([top, middle, leaf].map(effective)).toEqual(Array(3).fill([0n, 0n]));
      leaf.charge(5n);
      middle.calculateProtection(middle, true);
      expect(effective(middle)).toEqual([0n, 0n]);
      middle.calculateProtection(top, true);
      leaf.uncharge(5n);
      middle.calculateProtection(top, true);
      expect(effective(middle)).toEqual([0n, 5n]);
      const other = top.root();
      other.charge(5n);
      other.setMin(5n);
      other.calculateProtection(top, true);
      expect(effective(other)).toEqual([0n, 0n]);
    });

    test("is exact where a product takes 128 bits", () => {
      const [top, middle, leaf] = threeLevels();
      middle.setMax(LARGEST);
      const beside = middle.child();
      const [a, b] = [2n ** 50n + 12345n, 2n ** 49n + 6789n];
      leaf.charge(a);
      beside.charge(b);
      leaf.setLow(LARGEST);
      beside.setLow(LARGEST);
      middle.setLow(2n ** 50n - 1n);
      for (const counter of [middle, leaf]) counter.calculateProtection(top, true);
      expect(leaf.values().effectiveLow).toBe((a * (2n ** 50n - 1n)) / (a + b));
    });
  });
}
