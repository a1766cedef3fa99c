// What is aimed at: of a case, or of its ratio to a baseline. A target that is missed fails nothing: it is shown.

export type Bound =
  | { readonly atMost: number }
  /** The baseline takes so many times as long. */
  | { readonly timesFaster: number };

export interface Target {
  readonly suite: string;
  readonly name: string;
  /** The baseline; without one the figure itself is meant. */
  readonly against?: string;
  readonly bound: Bound;
}

export function targetOf(suite: string, name: string, against?: string): Bound | undefined {
  return TARGETS.find((one) => one.suite === suite && one.name === name && one.against === against)?.bound;
}

export function isMet(bound: Bound, value: number): boolean {
  return value <= ("atMost" in bound ? bound.atMost : 1 / bound.timesFaster);
}

/** Against the kernel's algorithm in a C loop. */
const CHARGE = [
  ["depth 1", 1.4],
  ["depth 2", 0.95],
  ["depth 4", 0.78],
  ["depth 8", 0.72],
  ["depth 16", 0.7],
  ["depth 4, hot protection", 0.28],
  ["depth 16, hot protection", 0.2],
] as const;

const STOCK_HIT = [
  ["depth 1", 0.6],
  ["depth 4", 0.18],
  ["depth 16", 0.05],
] as const;

/** Against the kernel's walk over the whole tree. */
const EVICTION_CHECK = [
  ["10,000", 450],
  ["100,000", 22_000],
] as const;

export const TARGETS: readonly Target[] = [
  ...CHARGE.map(([what, atMost]) => ({
    suite: "charge",
    name: `pool.tryCharge, ${what}`,
    against: `C loop, ${what}`,
    bound: { atMost },
  })),
  ...[1, 2, 4, 8, 16].map((depth) => ({
    suite: "charge",
    name: `pool.tryCharge, depth ${depth}`,
    against: `wasm export, depth ${depth}`,
    bound: { atMost: 1.1 },
  })),
  {
    suite: "charge",
    name: "pool.tryCharge, budget",
    against: "async-mutex Semaphore, budget",
    bound: { timesFaster: 50 },
  },
  ...[2, 4, 8, 16].map((depth) => ({
    suite: "inside-wasm",
    name: `tryCharge inside wasm, depth ${depth}`,
    against: `locked adds inside wasm, depth ${depth}`,
    bound: { atMost: 1.05 },
  })),
  ...STOCK_HIT.map(([what, atMost]) => ({
    suite: "stock",
    name: `stock hit, ${what}`,
    against: `C loop, ${what}`,
    bound: { atMost },
  })),
  {
    suite: "stock",
    name: "two threads on one leaf, stock",
    against: "two threads on one leaf, no stock",
    bound: { timesFaster: 40 },
  },
  {
    suite: "stock",
    name: "two threads on one leaf, stock",
    against: "one thread, stock",
    bound: { timesFaster: 1.9 },
  },
  ...[16, 64, 256].map((charges) => ({
    suite: "batch",
    name: `batch of ${charges}, one pool`,
    against: `C loop of ${charges}, one pool`,
    bound: { atMost: 0.13 },
  })),
  ...["flat", "bushy"].flatMap((shape) =>
    EVICTION_CHECK.map(([pools, timesFaster]) => ({
      suite: "protection",
      name: `pool.evictValuable, ${shape}, ${pools} pools`,
      against: `C walk, ${shape}, ${pools} pools`,
      bound: { timesFaster },
    })),
  ),
  {
    suite: "eviction-walk",
    name: "protected, 100,000 siblings",
    against: "unprotected, 100,000 siblings",
    bound: { atMost: 2 },
  },
  {
    suite: "eviction",
    name: "next victim, 1,000,000 buffers",
    against: "C scan, 1,000,000 buffers",
    bound: { timesFaster: 10_000 },
  },
  {
    suite: "eviction",
    name: "next victim, 1,000,000 buffers",
    against: "next victim, 1,000 buffers",
    bound: { atMost: 2 },
  },
  { suite: "tree", name: "Dmem.attach in a worker, 100,000 cgroups", bound: { atMost: 2 } },
  ...["depth 1", "depth 4", "depth 16"].map((what) => ({
    suite: "process",
    name: `pool.tryCharge in a file, ${what}`,
    against: `pool.tryCharge in memory, ${what}`,
    bound: { atMost: 1.05 },
  })),
  { suite: "process", name: "Dmem.open in a process, 100,000 cgroups", bound: { atMost: 5 } },
  { suite: "memory", name: "a pool", bound: { atMost: 128 } },
  ...["CountManager", "RangeManager", "BuddyManager"].map((manager) => ({
    suite: "memory",
    name: `a buffer object, ${manager}`,
    bound: { atMost: 200 },
  })),
];
