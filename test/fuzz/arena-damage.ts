import {
  ACCOUNT,
  ACCOUNT_CHARGED,
  AGENT,
  AGENT_LIVENESS,
  ARENA_GATE,
  ARENA_LOCK,
  ARENA_LOCK_WAITERS,
  ARENA_NEEDS,
  ARENA_RECORDS,
  ARENA_RETURNS,
  ARENA_SLOTS,
  ARENA_VERSION,
  CGROUP,
  KINDS,
  POOL,
  POOL_EFFECTIVE_LOW,
  POOL_EFFECTIVE_MIN,
  POOL_FROZEN_LOW,
  POOL_FROZEN_MIN,
  POOL_HIGH,
  POOL_LOCAL_PEAK,
  POOL_LOW,
  POOL_MAX,
  POOL_MIN,
  POOL_PEAK,
  POOL_USAGE,
  REGION,
  REGION_SIZE,
  SLOTS_BASE,
  SLOTS_CAPACITY,
  SLOTS_END,
  SLOTS_SIZE,
  SLOTS_STRIDE,
  TICKET,
  TICKET_BYTES,
} from "../../assembly/abi.ts";
import { Dmem, type OpenOptions } from "../../src/index.ts";
import type { Random } from "../property/random.ts";
import { EDGE_WORDS } from "./mutation.ts";

// Arenas that are nearly right.

/** What of an arena is damaged: the words in front of the records; groups, regions and counters; or numbers alone. */
export type Part = "header" | "records" | "numbers";

/** How often each is. */
export const PARTS: readonly Part[] = ["header", "header", "records", "records", "numbers"];

/** An arena of 64 KiB. */
export const OPTIONS: OpenOptions = {
  capacity: { cgroups: 8, regions: 4, pools: 16, agents: 3, accounts: 32, tickets: 3 },
};

/** Fills an arena with some of everything: also what was removed and is still charged, a ticket, a stock. */
function furnish(dmem: Dmem): void {
  const [vram, system, gone] = ["drm/0/vram0", "drm/0/system", "drm/1/vram0"].map((name) =>
    dmem.registerRegion(name, { size: 2 ** 30 }),
  ) as [Region, Region, Region];
  const game = dmem.root.mkdir("game");
  const level = game.mkdir("level");
  const removed = game.mkdir("removed");
  game.pool(vram).low = 4096;
  level.pool(vram).min = 1024;
  game.pool(vram).max = 2 ** 20;
  for (const region of [vram, system, gone]) level.pool(region).charge(8192);
  removed.pool(vram).charge(100);
  level.pool(vram).handOver(512);
  level.pool(system).stock({ batch: 4096 });
  level.pool(system).charge(1);
  removed.rmdir();
  gone.unregister();
}

type Region = ReturnType<Dmem["registerRegion"]>;

/** The bytes of such an arena, as two threads leave it that die, and as they leave it in order. */
export function contents(make: () => Dmem): readonly Uint8Array[] {
  const dmem = make();
  furnish(dmem);
  const other = Dmem.attach(dmem.handle);
  other.cgroup("/game").pool(other.region("drm/0/vram0")).charge(4096);
  const left = Uint8Array.from(bytesOf(dmem));
  const words = wordsOf(left);
  for (const agent of recordsOf(words, AGENT)) words[(agent + AGENT_LIVENESS) / 4] = 0;
  other.dispose();
  dmem.dispose();
  return [left, Uint8Array.from(bytesOf(dmem))];
}

export function memoryOf(dmem: Dmem): WebAssembly.Memory {
  return dmem.handle.arena as WebAssembly.Memory;
}

export function bytesOf(dmem: Dmem): Uint8Array {
  return new Uint8Array(memoryOf(dmem).buffer);
}

export function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
}

/** Damages a few words, where they are. */
export function damage(random: Random, words: Uint32Array, part: Part): void {
  const whole = Uint32Array.from(words);
  for (let left = random.between(1, 3); left > 0; left--) {
    const at = WORDS[part](random, whole);
    words[at] = odd(random, whole, words[at] ?? 0);
  }
  // Closed, the gate keeps charges waiting for 10 s: as it should be while somebody clears up after another.
  if (words[ARENA_GATE / 4] === 0) words[ARENA_GATE / 4] = whole[ARENA_GATE / 4] ?? 0;
}

/** Which word of a part. */
const WORDS: Readonly<Record<Part, (random: Random, words: Uint32Array) => number>> = {
  header: (random) => random.below(ARENA_RECORDS / 4),
  records: recordWord,
  numbers(random, words) {
    if (random.oneIn(4)) return (random.pick(COUNTERS) ?? 0) / 4;
    const { kind, offset } = random.pick(AMOUNTS) ?? { kind: POOL, offset: 0 };
    return ((random.pick(recordsOf(words, kind)) ?? 0) + offset) / 4 + random.below(2);
  },
};

/** Words of the header that only say how often, or who. */
const COUNTERS = [ARENA_LOCK, ARENA_LOCK_WAITERS, ARENA_VERSION, ARENA_NEEDS, ARENA_RETURNS];
const POOL_AMOUNTS = [
  ...[POOL_USAGE, POOL_MAX, POOL_MIN, POOL_LOW, POOL_PEAK, POOL_LOCAL_PEAK, POOL_HIGH],
  ...[POOL_EFFECTIVE_MIN, POOL_EFFECTIVE_LOW, POOL_FROZEN_MIN, POOL_FROZEN_LOW],
];
const AMOUNTS = [
  ...POOL_AMOUNTS.map((offset) => ({ kind: POOL, offset })),
  { kind: REGION, offset: REGION_SIZE },
  { kind: TICKET, offset: TICKET_BYTES },
  { kind: ACCOUNT, offset: ACCOUNT_CHARGED },
];

/** Mostly a word of one of the first records, which are in use. */
function recordWord(random: Random, words: Uint32Array): number {
  const kind = random.pick([CGROUP, REGION, POOL]) ?? CGROUP;
  const [base, end] = [slotsWord(words, kind, SLOTS_BASE), slotsWord(words, kind, SLOTS_END)];
  if (random.oneIn(8)) return random.between(base / 4, words.length - 1);
  const near = Math.min(end, base + 4 * slotsWord(words, kind, SLOTS_STRIDE));
  return random.between(base / 4, near / 4 - 1);
}

function odd(random: Random, words: Uint32Array, value: number): number {
  switch (random.below(5)) {
    case 0:
      return value ^ (1 << random.below(32));
    case 1:
      return random.pick(EDGE_WORDS) ?? 0;
    case 2:
      return words[random.below(words.length)] ?? 0;
    case 3:
      return value + random.between(-2, 2) * (random.oneIn(2) ? 1 : 64);
    default:
      return random.pick(recordsOf(words, random.below(KINDS))) ?? 0;
  }
}

/** The addresses of all records of a kind. */
function recordsOf(words: Uint32Array, kind: number): number[] {
  const [base, stride] = [slotsWord(words, kind, SLOTS_BASE), slotsWord(words, kind, SLOTS_STRIDE)];
  return Array.from({ length: slotsWord(words, kind, SLOTS_CAPACITY) }, (_, i) => base + i * stride);
}

function slotsWord(words: Uint32Array, kind: number, word: number): number {
  return words[(ARENA_SLOTS + kind * SLOTS_SIZE + word) / 4] ?? 0;
}
