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
const pages = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.integer({ min: 1, max: 30 }));
const bytes = fc.oneof(
  { weight: 8, arbitrary: fc.nat(16).map((pages) => pages * 4096) },
  { weight: 1, arbitrary: fc.nat(16 * 4096) },
  { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
);

const place: fc.Arbitrary<Place> = fc.record(
  {
    type: fc.oneof(
      { weight: 10, arbitrary: memory },
      { weight: 5, arbitrary: fc.constant("vram") },
      { weight: 1, arbitrary: fc.constant("none such") },
    ),
    desired: fc.boolean(),
    fallback: fc.boolean(),
  },
  { requiredKeys: ["type"] },
);
const common = fc.constantFrom(
  places("vram"),
  places("vram"),
  places("vram", "system"),
  [{ type: "vram" }, { type: "system", fallback: true }],
  [{ type: "vram", desired: true }, { type: "system" }],
);
const anyPlacement = fc.oneof(common, fc.array(place, { maxLength: 3 }));

function places(...types: string[]): Place[] {
  return types.map((type) => ({ type }));
}

/** Where operations happen: in VRAM for the most part, or anywhere. */
interface Ground {
  readonly placement: fc.Arbitrary<Place[]>;
  readonly memory: fc.Arbitrary<string>;
}

function onBuffer(weight: number, op: "free" | "pin" | "unpin" | "touch" | "discardable") {
  return { weight, arbitrary: fc.record({ op: fc.constant(op), bo: index }) };
}

function limiting(weight: number, limit: Limit, { memory }: Ground) {
  const arbitrary = { op: fc.constant("limit"), group: index, memory, limit: fc.constant(limit), bytes };
  return { weight, arbitrary: fc.record({ ...arbitrary, nonblock: fc.boolean() }) };
}

function operation(ground: Ground): fc.Arbitrary<TtmOperation> {
  const asking = { as: index, placement: ground.placement, ticket: fc.boolean() };
  return fc.oneof(
    { weight: 24, arbitrary: fc.record({ op: fc.constant("create"), pages, owner: index, priority, ...asking }) },
    { weight: 10, arbitrary: fc.record({ op: fc.constant("validate"), bo: index, ...asking }) },
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
    { weight: 2, arbitrary: fc.record({ op: fc.constant("mkdir"), group: index }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant("rmdir"), group: index }) },
    limiting(5, "min", ground),
    limiting(6, "low", ground),
    limiting(4, "max", ground),
    { weight: 1, arbitrary: fc.record({ op: fc.constant("evictAll"), memory: ground.memory }) },
    { weight: 1, arbitrary: fc.record({ op: fc.constant("swapOut"), bytes, from: memory, to: memory }) },
  ) as fc.Arbitrary<TtmOperation>;
}

/** A tree to begin with: `/0` to `/2` below the root, `/0/3`, `/0/4` and `/1/5` below these, and `/0/3/6`, `/0/3/7`. */
const TREE: readonly TtmOperation[] = [0, 0, 0, 1, 1, 2, 4, 4].map((group) => ({ op: "mkdir", group }));

/** Another one: siblings in a row below `/0`, two groups below some of these, and all the next levels in one line. */
const ROWS: readonly TtmOperation[] = [0, ...Array(9).fill(1), 2, 2, 3, 3, 4, 4, 16, 17].map((group) => ({
  op: "mkdir",
  group,
}));

/** So that most of what there is then asks for protection, and more than there is to give. */
const protection = fc.record({
  op: fc.constant("limit"),
  group: fc.integer({ min: 1, max: ROWS.length }),
  memory: fc.constant("vram"),
  limit: fc.constantFrom("min", "low"),
  bytes,
  nonblock: fc.constant(false),
}) as fc.Arbitrary<TtmOperation>;

function scenario(ground: Ground, accounted: readonly (readonly string[])[], evicted: readonly (readonly Place[])[]) {
  return fc.record({
    semantics: fc.constantFrom("intended", "linux-7.3"),
    noSpace: fc.constantFrom("ENOSPC", "ENOMEM"),
    sizes: fc.record({
      vram: fc.integer({ min: 1, max: 20 }),
      tt: fc.integer({ min: 1, max: 12 }),
      swap: fc.integer({ min: 1, max: 8 }),
    }),
    accounted: fc.constantFrom(...accounted),
    evicted: fc.record({
      vram: fc.constantFrom(...evicted),
      tt: fc.constantFrom(places("system"), places("swap"), []),
      system: fc.constantFrom(places("swap"), places("none such")),
      swap: fc.constantFrom([], places("system")),
    }),
    failing: fc.oneof(fc.constant([]), fc.array(fc.nat(60), { maxLength: 12 })),
    operations: fc
      .tuple(
        fc.constantFrom(TREE, ROWS),
        fc.array(protection, { maxLength: 24, size: "max" }),
        fc.array(operation(ground), { maxLength: 60, size: "max" }),
      )
      .map(([tree, protections, random]): readonly TtmOperation[] => [...tree, ...protections, ...random]),
  }) as fc.Arbitrary<Scenario>;
}

const window = fc.oneof(
  fc.constant({}),
  fc.record({ first: fc.nat(6), end: fc.integer({ min: 7, max: 14 }) }, { requiredKeys: [] }),
);
const addressed = fc
  .tuple(fc.constantFrom("vram", "vram", "tt"), window, fc.boolean(), fc.boolean())
  .map(([type, window, contiguous, topDown]): Place => ({ type, ...window, contiguous, topDown }));

const TT_OR_SYSTEM: Place[] = [
  { type: "tt", desired: true },
  { type: "system", fallback: true },
];

export const scenarios: fc.Arbitrary<Scenario> = fc.oneof(
  scenario({ placement: common, memory: fc.constant("vram") }, [["vram"]], [places("system"), TT_OR_SYSTEM]),
  scenario(
    { placement: anyPlacement, memory },
    [["vram", "tt"], ["system", "swap"], MEMORIES],
    [places("system"), places("tt"), places("tt", "system"), TT_OR_SYSTEM, []],
  ),
);

/** With places that ask for addresses. */
export const addressedScenarios: fc.Arbitrary<Scenario> = scenario(
  { placement: fc.array(addressed, { minLength: 1, maxLength: 3 }), memory },
  [["vram"], ["vram", "tt"]],
  [places("system"), places("tt"), TT_OR_SYSTEM, []],
);
