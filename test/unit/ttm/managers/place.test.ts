import { expect, test } from "vitest";
import { fitsWindow, meetsWindow } from "../../../../src/ttm/managers/allocations.ts";
import { type Place, windowOf } from "../../../../src/ttm/managers/place.ts";
import type { Allocation } from "../../../../src/ttm/managers/resource-manager.ts";

const vram = { type: "vram" };

test("a place without a window is all of the manager", () => {
  expect(windowOf(vram, 64)).toEqual({ first: 0, end: 64 });
});

test("a window may be open on either side", () => {
  expect(windowOf({ ...vram, first: 8 }, 64)).toEqual({ first: 8, end: 64 });
  expect(windowOf({ ...vram, end: 8 }, 64)).toEqual({ first: 0, end: 8 });
});

const whole: Allocation = { pages: 8, start: 16, ranges: [{ first: 16, end: 24 }] };
const parts: Allocation = {
  pages: 8,
  start: null,
  ranges: [
    { first: 16, end: 20 },
    { first: 40, end: 44 },
  ],
};

const windows: [string, Partial<Place>, { fits: boolean; overlaps: boolean }][] = [
  ["everything", {}, { fits: true, overlaps: true }],
  ["just the allocation", { first: 16, end: 24 }, { fits: true, overlaps: true }],
  ["without its first page", { first: 17, end: 24 }, { fits: false, overlaps: true }],
  ["without its last page", { first: 16, end: 23 }, { fits: false, overlaps: true }],
  ["its last page", { first: 23, end: 64 }, { fits: false, overlaps: true }],
  ["right below", { first: 0, end: 16 }, { fits: false, overlaps: false }],
  ["right above", { first: 24, end: 64 }, { fits: false, overlaps: false }],
];

test.each(windows)("window %s", (_, window, { fits, overlaps }) => {
  const place = { ...vram, ...window };
  expect(fitsWindow(whole, place)).toBe(fits);
  expect(meetsWindow(whole, place)).toBe(overlaps);
});

test("of an allocation in parts all must be in the window to fit, one to overlap", () => {
  expect(fitsWindow(parts, { ...vram, first: 16, end: 44 })).toBe(true);
  expect(fitsWindow(parts, { ...vram, first: 16, end: 43 })).toBe(false);
  expect(meetsWindow(parts, { ...vram, first: 43, end: 64 })).toBe(true);
  expect(meetsWindow(parts, { ...vram, first: 20, end: 40 })).toBe(false);
});

test("an allocation in parts does not fit where a contiguous one is wanted", () => {
  expect(fitsWindow(whole, { ...vram, contiguous: true })).toBe(true);
  expect(fitsWindow(parts, { ...vram, contiguous: true })).toBe(false);
});
