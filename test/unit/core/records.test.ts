import { expect, test, vi } from "vitest";
import {
  AGENT_FIRST_ACCOUNT,
  AGENT_LIVENESS,
  ARENA_BUCKET_MASK,
  ARENA_BUCKETS,
  ARENA_FIRST_REGION,
  ARENA_ROOT,
  ARENA_SLOTS,
  ARENA_VERSION,
  CGROUP,
  CGROUP_FIRST_CHILD,
  CGROUP_FIRST_POOL,
  CGROUP_FREE,
  CGROUP_HASH_NEXT,
  CGROUP_NAME_LENGTH,
  CGROUP_NEXT,
  CGROUP_PARENT,
  CGROUP_STATE,
  NAME_MAX,
  POOL_LINK,
  POOL_REGION,
  REGION_NAME_LENGTH,
  REGION_NEXT,
  SLOTS_FREE,
  SLOTS_SIZE,
} from "../../../assembly/abi.ts";
import type { Cgroup, Dmem } from "../../../src/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { agentWord, attachTo, coreOf, memoryOf, onePool, smallDmem } from "../../support/small-dmem.ts";

// What somebody else than the library has written into an arena must neither keep a reader for ever nor end it by any
// other error than one that is told.

const BEYOND = 0x7fffff00;

interface Damaged {
  readonly dmem: Dmem;
  readonly words: Uint32Array;
  /** The addresses of `/a`, `/b` and `/a/below`, and of the first region. */
  readonly at: { readonly a: number; readonly b: number; readonly below: number; readonly region: number };
}

/** An arena whose maker has left. */
function abandoned(): Damaged {
  const dmem = smallDmem();
  for (const name of ["vram", "other"]) dmem.registerRegion(name, { size: 1000 });
  const groups = [dmem.root.mkdir("a"), dmem.root.mkdir("b"), dmem.cgroup("/a").mkdir("below")];
  const core = coreOf((groups[0] as Cgroup).pool(dmem.region("vram")));
  const [a, b, below] = groups.map(({ id }) => core.addressOf(CGROUP, id)) as [number, number, number];
  for (const name of ["vram", "other"]) dmem.cgroup("/a").pool(dmem.region(name)).min = 1;
  dmem.dispose();
  const words = new Uint32Array(memoryOf(dmem).buffer);
  return { dmem, words, at: { a, b, below, region: words[ARENA_FIRST_REGION / 4] ?? 0 } };
}

function set({ words }: Damaged, address: number, value: number): void {
  words[address / 4] = value;
}

test.each<[string, (arena: Damaged) => void, (dmem: Dmem) => unknown, string]>([
  ["children in a circle", (arena) => set(arena, arena.at.b + CGROUP_NEXT, arena.at.a), childrenOfRoot, "circle"],
  ["a child out of the arena", (arena) => set(arena, arena.at.b + CGROUP_NEXT, BEYOND), childrenOfRoot, "no record"],
  [
    "a child within a record",
    (arena) => set(arena, arena.at.a + CGROUP_NEXT, arena.at.b + 4),
    childrenOfRoot,
    "record",
  ],
  ["a child before all records", (arena) => set(arena, arena.at.a + CGROUP_NEXT, 64), childrenOfRoot, "no record"],
  ["a child of another group", (arena) => set(arena, arena.at.a + CGROUP_FIRST_CHILD, arena.at.b), childrenOfA, '"/a"'],
  [
    "a group that is below itself",
    (arena) => set(arena, arena.at.a + CGROUP_PARENT, arena.at.below),
    childrenOfRoot,
    "itself",
  ],
  [
    "a name of 256 bytes",
    (arena) => set(arena, arena.at.a + CGROUP_NAME_LENGTH, NAME_MAX + 1),
    childrenOfRoot,
    "256 b",
  ],
  ["regions in a circle", (arena) => set(arena, arena.at.region + REGION_NEXT, arena.at.region), regions, "circle"],
  ["a region of a long name", (arena) => set(arena, arena.at.region + REGION_NAME_LENGTH, 2 ** 31), regions, "bytes"],
  ["a root that is free", (arena) => set(arena, rootOf(arena) + CGROUP_STATE, CGROUP_FREE), ({ root }) => root, "root"],
  ["a counter out of the arena", (arena) => set(arena, arena.at.a + CGROUP_FIRST_POOL, BEYOND), read, "out of it"],
])("%s: EIO for who reads", (_, damage, reading, word) => {
  const arena = abandoned();
  damage(arena);
  const dmem = attachTo(arena.dmem);
  expectRefusal(() => reading(dmem), "EIO", "The arena is damaged.", word);
});

function childrenOfRoot(dmem: Dmem): unknown {
  return dmem.root.children;
}

function childrenOfA(dmem: Dmem): unknown {
  return dmem.root.children.map(({ children }) => children);
}

function regions(dmem: Dmem): unknown {
  return dmem.regions;
}

function read(dmem: Dmem): unknown {
  return dmem.cgroup("/a").read("dmem.current");
}

function rootOf({ words }: Damaged): number {
  return words[ARENA_ROOT / 4] ?? 0;
}

test("groups of one hash in a circle: the search for a name ends", () => {
  const arena = abandoned();
  const [first, mask] = [arena.words[ARENA_BUCKETS / 4] ?? 0, arena.words[ARENA_BUCKET_MASK / 4] ?? 0];
  for (let bucket = 0; bucket <= mask; bucket++) set(arena, first + bucket * 4, arena.at.a);
  set(arena, arena.at.a + CGROUP_HASH_NEXT, arena.at.a);
  const { root } = attachTo(arena.dmem);
  expect([root.child("nowhere"), root.child("a")?.path]).toEqual([null, "/a"]);
});

test("counters of a group in a circle: the search for one ends", () => {
  const arena = abandoned();
  const first = arena.words[(arena.at.a + CGROUP_FIRST_POOL) / 4] ?? 0;
  set(arena, first + POOL_LINK, first);
  const found = (arena.words[(first + POOL_REGION) / 4] ?? 0) & 0xffff;
  const dmem = attachTo(arena.dmem);
  expect(dmem.regions.map((region) => dmem.cgroup("/a").pool(region).min)).toEqual([1, 2].map((id) => +(id === found)));
});

test("a list that others change all the time is no circle", () => {
  const { dmem, pool } = onePool();
  const core = coreOf(pool);
  const [root, next] = [core.word(ARENA_ROOT), core.addressOf(CGROUP, pool.cgroup.id) + CGROUP_NEXT];
  core.words[next / 4] = next - CGROUP_NEXT;
  const word = core.word.bind(core);
  let version = 0;
  vi.spyOn(core, "word").mockImplementation((address) => (address === ARENA_VERSION ? ++version : word(address)));
  expect(core.list(CGROUP, root + CGROUP_FIRST_CHILD, CGROUP_NEXT)).toHaveLength(core.capacityOf(CGROUP));
  core.words[next / 4] = 0;
  expect(dmem.root.children).toEqual([pool.cgroup]);
});

test("words at the arena's end are read, none behind it", () => {
  const core = coreOf(onePool().pool);
  const end = core.memory.buffer.byteLength;
  expect([core.word(end - 4), core.long(end - 8)]).toEqual([0, 0n]);
  expectRefusal(() => core.word(end), "EIO", "out of it");
  expectRefusal(() => core.long(end), "EIO", "out of it");
});

test("who is led out of the arena while it has the lock is detached, and others go on", () => {
  const { dmem, group, pool } = onePool();
  const other = attachTo(dmem);
  const [core, free] = [coreOf(pool), (ARENA_SLOTS + CGROUP * SLOTS_SIZE + SLOTS_FREE) / 4];
  core.words[free] = BEYOND;
  expectRefusal(() => group.mkdir("x"), "EIO", "The arena is damaged.", "detached");
  expectRefusal(() => group.mkdir("x"), "ENODEV", "disposed of");
  dmem.dispose();
  expect(other.cgroup("/a").mkdir("x").path).toBe("/a/x");
});

test("who is led out of the arena without the lock stays attached", () => {
  const arena = abandoned();
  set(arena, arena.at.a + CGROUP_FIRST_POOL, BEYOND);
  const dmem = attachTo(arena.dmem);
  expectRefusal(() => read(dmem), "EIO");
  expect(dmem.cgroup("/b").read("dmem.current")).toBe("vram 0\nother 0\n");
});

test("a dead agent whose accounts lead out of the arena is told by who clears up after it", () => {
  const { dmem, pool } = onePool();
  pool.charge(10);
  const other = attachTo(dmem);
  const core = coreOf(pool);
  const same = other.cgroup("/a").pool(other.region("vram"));
  same.max = 5;
  core.words[agentWord(dmem, core.agent, AGENT_FIRST_ACCOUNT)] = BEYOND;
  core.words[agentWord(dmem, core.agent, AGENT_LIVENESS)] = 0;
  expectRefusal(() => same.tryCharge(1), "EIO", "The arena is damaged.");
  core.words[agentWord(dmem, core.agent, AGENT_FIRST_ACCOUNT)] = 0;
});

test("what is thrown by something else than the core is left as it is", () => {
  const core = coreOf(onePool().pool);
  const fail = () => {
    throw new RangeError("mine");
  };
  expect(() => core.walk(fail)).toThrow("mine");
  expect(core.attached).toBe(true);
});
