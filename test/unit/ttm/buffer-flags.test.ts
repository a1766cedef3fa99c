import { expect, test } from "vitest";
import {
  DISCARDABLE,
  FREED,
  has,
  MOVING,
  pinsIn,
  priorityIn,
  RESERVED,
  withFlag,
  withPins,
  withPriority,
} from "../../../src/ttm/buffer-flags.ts";

const FLAGS = [RESERVED, MOVING, FREED, DISCARDABLE];

function all(flags: number) {
  return [...FLAGS.map((flag) => has(flags, flag)), priorityIn(flags), pinsIn(flags)];
}

test("each changes by itself", () => {
  let flags = withPins(withPriority(0, 2), 5);
  expect(all(flags)).toEqual([false, false, false, false, 2, 5]);
  for (const flag of FLAGS) flags = withFlag(flags, flag, true);
  expect(all(flags)).toEqual([true, true, true, true, 2, 5]);
  flags = withFlag(withPins(withPriority(flags, 3), 4), MOVING, false);
  expect(all(flags)).toEqual([true, false, true, true, 3, 4]);
  flags = withPins(withPriority(flags, 0), 0);
  expect(all(flags)).toEqual([true, false, true, true, 0, 0]);
});

test("what is so already stays", () => {
  expect(withFlag(withFlag(0, FREED, true), FREED, true)).toBe(FREED);
  expect(withFlag(0, FREED, false)).toBe(0);
});

test.each([2 ** 25 - 1, 2 ** 25, 2 ** 26, 2 ** 40])("%d pins leave the rest as it is", (pins) => {
  const flags = withFlag(withPins(withFlag(withPriority(0, 3), MOVING, true), pins), RESERVED, true);
  expect(all(flags)).toEqual([true, true, false, false, 3, pins]);
  expect(all(withPins(flags, 0))).toEqual([true, true, false, false, 3, 0]);
});
