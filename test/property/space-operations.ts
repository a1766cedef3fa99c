import fc from "fast-check";
import type { Place } from "../../src/ttm/managers/place.ts";

export type SpaceOperation =
  | { readonly op: "allocate"; readonly pages: number; readonly place: Place }
  | { readonly op: "free"; readonly index: number };

/** Mostly small compared with the managers, and sometimes too large for them. */
const pages = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 9 }) }, fc.integer({ min: 1, max: 70 }));

const window = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  fc.record({ first: fc.integer({ min: 0, max: 48 }), end: fc.integer({ min: 1, max: 66 }) }, { requiredKeys: [] }),
);

const place = fc
  .tuple(window, fc.record({ topDown: fc.boolean(), contiguous: fc.boolean() }))
  .map(([bounds, flags]) => ({ type: "vram", ...bounds, ...flags }) as Place);

const operation: fc.Arbitrary<SpaceOperation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ op: fc.constant("allocate"), pages, place }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("free"), index: fc.nat(63) }) },
);

export const spaceOperations = fc.array(operation, { maxLength: 80, size: "max" });
