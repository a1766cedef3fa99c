import fc from "fast-check";
import type { Place } from "../../src/ttm/index.ts";
import type { Limit } from "../reference/ttm-pool.ts";

// What may happen to a device. Numbers choose from what there is at that time, modulo how many that are.

export type Asking = { readonly as: number; readonly placement: readonly Place[]; readonly ticket: boolean };

export type TtmOperation =
  | ({ readonly op: "create"; readonly pages: number; readonly owner: number; readonly priority: number } & Asking)
  | ({ readonly op: "validate"; readonly bo: number } & Asking)
  | { readonly op: "free" | "pin" | "unpin" | "touch"; readonly bo: number }
  | { readonly op: "discardable"; readonly bo: number }
  | { readonly op: "priority"; readonly bo: number; readonly priority: number }
  | { readonly op: "moveToTail"; readonly buffers: readonly number[] }
  | { readonly op: "mkdir" | "rmdir"; readonly group: number }
  | {
      readonly op: "limit";
      readonly group: number;
      readonly memory: string;
      readonly limit: Limit;
      readonly bytes: number;
      readonly nonblock: boolean;
    }
  | { readonly op: "evictAll"; readonly memory: string }
  | { readonly op: "swapOut"; readonly bytes: number; readonly from: string; readonly to: string };

export interface Scenario {
  readonly semantics: "intended" | "linux-7.3";
  readonly noSpace: "ENOSPC" | "ENOMEM";
  /** In pages. */
  readonly sizes: { readonly vram: number; readonly tt: number; readonly swap: number };
  /** Names of the memories that a region accounts. */
  readonly accounted: readonly string[];
  /** Where evicted buffers go, by where they are. */
  readonly evicted: Readonly<Record<string, readonly Place[]>>;
  /** Which of the driver's moves fail, counted from 0. */
  readonly failing: readonly number[];
  readonly operations: readonly TtmOperation[];
}

export const MEMORIES = ["vram", "tt", "system", "swap"] as const;

const index = fc.nat(63);
const memory = fc.constantFrom(...MEMORIES);
const priority = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat(3) });
const pages = fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 5 }) }, fc.integer({ min: 1, max: 30 }));
const bytes = fc.oneof(
  { weight: 6, arbitrary: fc.nat(16).map((pages) => pages * 4096) },
  { weight: 2, arbitrary: fc.nat(16 * 4096) },
  { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
);

const place: fc.Arbitrary<Place> = fc.record(
  {
    type: fc.oneof(
      { weight: 6, arbitrary: fc.constant("vram") },
      { weight: 5, arbitrary: memory },
      { weight: 1, arbitrary: fc.constant("none such") },
    ),
    desired: fc.boolean(),
    fallback: fc.boolean(),
  },
  { requiredKeys: ["type"] },
);
const placement = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Place[]>([{ type: "vram" }]) },
  { weight: 2, arbitrary: fc.constant<Place[]>([{ type: "vram" }, { type: "system" }]) },
  { weight: 4, arbitrary: fc.array(place, { maxLength: 3 }) },
);
const asking = { as: index, placement, ticket: fc.boolean() };

function onBuffer(weight: number, op: "free" | "pin" | "unpin" | "touch" | "discardable") {
  return { weight, arbitrary: fc.record({ op: fc.constant(op), bo: index }) };
}

const operation = fc.oneof(
  { weight: 14, arbitrary: fc.record({ op: fc.constant("create"), pages, owner: index, priority, ...asking }) },
  { weight: 8, arbitrary: fc.record({ op: fc.constant("validate"), bo: index, ...asking }) },
  onBuffer(3, "free"),
  onBuffer(2, "pin"),
  onBuffer(2, "unpin"),
  onBuffer(3, "touch"),
  onBuffer(1, "discardable"),
  { weight: 2, arbitrary: fc.record({ op: fc.constant("priority"), bo: index, priority }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constant("moveToTail"), buffers: fc.array(index, { maxLength: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant("mkdir"), group: index }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("rmdir"), group: index }) },
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constant("limit"),
      group: index,
      memory,
      limit: fc.constantFrom<Limit>("min", "low", "max"),
      bytes,
      nonblock: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("evictAll"), memory }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("swapOut"), bytes, from: memory, to: memory }) },
) as fc.Arbitrary<TtmOperation>;

/** A tree to begin with: `/0` to `/2` below the root, and `/0/3`, `/0/4`, `/1/5` below these. */
const BEGINNING: readonly TtmOperation[] = [0, 0, 0, 1, 1, 2].map((group) => ({ op: "mkdir", group }));

const evictedTo = (...types: string[]): Place[] => types.map((type) => ({ type }));

export function scenarios(maxLength: number): fc.Arbitrary<Scenario> {
  return fc.record({
    semantics: fc.constantFrom("intended", "linux-7.3"),
    noSpace: fc.constantFrom("ENOSPC", "ENOMEM"),
    sizes: fc.record({
      vram: fc.integer({ min: 1, max: 24 }),
      tt: fc.integer({ min: 1, max: 12 }),
      swap: fc.integer({ min: 1, max: 8 }),
    }),
    accounted: fc.oneof(
      { weight: 3, arbitrary: fc.constant(["vram"]) },
      { weight: 2, arbitrary: fc.subarray([...MEMORIES]) },
      { weight: 1, arbitrary: fc.constant([...MEMORIES]) },
    ),
    evicted: fc.record({
      vram: fc.constantFrom<Place[]>(
        evictedTo("system"),
        [
          { type: "tt", desired: true },
          { type: "system", fallback: true },
        ],
        evictedTo("tt"),
        evictedTo("tt", "system"),
        [],
      ),
      tt: fc.constantFrom(evictedTo("system"), evictedTo("swap"), []),
      system: fc.constantFrom(evictedTo("swap"), evictedTo("none such")),
      swap: fc.constantFrom([], evictedTo("system")),
    }),
    failing: fc.oneof(fc.constant([]), fc.array(fc.nat(60), { maxLength: 12 })),
    operations: fc
      .array(operation, { maxLength, size: "max" })
      .map((random): readonly TtmOperation[] => [...BEGINNING, ...random]),
  });
}
