import { describe, expect, test } from "vitest";
import { Allocations } from "../../../../src/ttm/managers/allocations.ts";
import { expectRefusal } from "../../../support/refusal.ts";

test("space without addresses has neither a start nor ranges", () => {
  expect(new Allocations().addCount(3)).toMatchObject({ pages: 3, start: null, ranges: [] });
});

test("space in one range has a start", () => {
  const range = { first: 4, end: 7 };
  expect(new Allocations().add([range])).toMatchObject({ pages: 3, start: 4, ranges: [range] });
});

test("space in several ranges has none", () => {
  const ranges = [
    { first: 4, end: 7 },
    { first: 9, end: 10 },
  ];
  expect(new Allocations().add(ranges)).toMatchObject({ pages: 4, start: null, ranges });
});

test("the sum is over what was added and not removed", () => {
  const book = new Allocations();
  const [three] = [book.addCount(3), book.addCount(2)];
  expect([book.pages, book.holds(three)]).toEqual([5, true]);
  book.remove(three);
  expect([book.pages, book.holds(three)]).toEqual([2, false]);
});

describe("nothing is removed", () => {
  test("twice", () => {
    const book = new Allocations();
    const [once] = [book.add([{ first: 4, end: 7 }]), book.addCount(2)];
    book.remove(once);
    expectRefusal(() => book.remove(once), "EINVAL", "3 pages from page 4", "freed before");
    expect(book.pages).toBe(2);
  });

  test("from another book", () => {
    const [book, other] = [new Allocations(), new Allocations()];
    const [own, foreign] = [book.addCount(2), other.addCount(2)];
    expectRefusal(() => book.remove(foreign), "EINVAL", "another manager's");
    expect([book.pages, book.holds(own), other.holds(foreign)]).toEqual([2, true, true]);
  });

  test("that is a copy", () => {
    const book = new Allocations();
    expectRefusal(() => book.remove({ ...book.addCount(2) }), "EINVAL", "2 pages is");
    expectRefusal(() => book.remove({ pages: 2, start: 1, ranges: [{ first: 1, end: 3 }] }), "EINVAL", "from page 1");
    expect(book.pages).toBe(2);
  });
});
