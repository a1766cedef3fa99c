import assert from "node:assert/strict";
import { Dmem, GiB, type Pool } from "dmemcg";
import { type Case, PAIRS, suite } from "./suite.ts";

// A charge and its uncharge at a leaf, by depth: the library, the same counters as plain objects of one thread, and the
// same counters by JavaScript's own Atomics on shared memory.

const PAGE = 4096;
const DEPTHS = [1, 2, 4, 8, 16];
const DEEPEST = Math.max(...DEPTHS);

/** The library's pools, the root's first: each one level below the one before. */
function pools(): Pool[] {
  const dmem = Dmem.create();
  const region = dmem.registerRegion("vram", { size: GiB });
  const chain = [dmem.root];
  while (chain.length < DEEPEST) chain.push((chain.at(-1) ?? dmem.root).mkdir("child"));
  return chain.map((cgroup) => cgroup.pool(region));
}

interface Counter {
  usage: number;
  max: number;
  peak: number;
  parent: Counter | null;
}

function counters(): Counter[] {
  const chain: Counter[] = [];
  while (chain.length < DEEPEST) chain.push({ usage: 0, max: 2 ** 51, peak: 0, parent: chain.at(-1) ?? null });
  return chain;
}

function tryCharge(leaf: Counter, bytes: number): boolean {
  for (let counter: Counter | null = leaf; counter !== null; counter = counter.parent) {
    counter.usage += bytes;
    if (counter.usage > counter.max) return false;
    if (counter.usage > counter.peak) counter.peak = counter.usage;
  }
  return true;
}

function uncharge(leaf: Counter, bytes: number): void {
  for (let counter: Counter | null = leaf; counter !== null; counter = counter.parent) counter.usage -= bytes;
}

const inLibrary = pools();
const inObjects = counters();
const inAtomics = new BigInt64Array(new SharedArrayBuffer(DEEPEST * 64));

function libraryCase(depth: number): Case {
  const pool = inLibrary[depth - 1] as Pool;
  return {
    name: `pool.tryCharge, depth ${depth}`,
    against: `plain objects, depth ${depth}`,
    run() {
      for (let i = 0; i < PAIRS; i++) if (pool.tryCharge(PAGE) === null) pool.uncharge(PAGE);
    },
    check: () => assert.deepEqual([pool.usage, pool.held, pool.peak], [0, 0, PAGE]),
  };
}

function objectCase(depth: number): Case {
  const leaf = inObjects[depth - 1] as Counter;
  const name = `plain objects, depth ${depth}`;
  return {
    name,
    against: name,
    run() {
      for (let i = 0; i < PAIRS; i++) if (tryCharge(leaf, PAGE)) uncharge(leaf, PAGE);
    },
    check: () => assert.deepEqual([leaf.usage, leaf.peak], [0, PAGE]),
  };
}

function atomicsCase(depth: number): Case {
  const bytes = BigInt(PAGE);
  const max = 2n ** 51n;
  return {
    name: `Atomics on BigInt64Array, depth ${depth}`,
    against: `plain objects, depth ${depth}`,
    run() {
      for (let i = 0; i < PAIRS; i++) {
        for (let level = depth - 1; level >= 0; level--) {
          if (Atomics.add(inAtomics, level * 8, bytes) + bytes > max) throw new Error("The counter is full.");
        }
        for (let level = depth - 1; level >= 0; level--) Atomics.sub(inAtomics, level * 8, bytes);
      }
    },
    check: () => assert.equal(inAtomics[(depth - 1) * 8], 0n),
  };
}

const cases = DEPTHS.flatMap((depth) => [objectCase(depth), libraryCase(depth), atomicsCase(depth)]);
await suite("charge", cases);
