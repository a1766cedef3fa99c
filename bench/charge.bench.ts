import assert from "node:assert/strict";
import { Dmem, GiB, type Pool } from "dmemcg";
import { budgetCases } from "./baselines/budget.ts";
import { ifNative, missing, type Native } from "./baselines/native.ts";
import {
  AtomicsCounters,
  type ObjectCounter,
  objectCounters,
  tryCharge,
  uncharge,
} from "./baselines/object-counter.ts";
import { sized } from "./harness/mode.ts";
import { type Case, PAIRS, suite } from "./harness/suite.ts";
import { chain, chainParents, chargePairs, DEEPEST, DEPTHS, PAGE, pools } from "./subjects/groups.ts";
import { protectedCases } from "./subjects/protected-charge.ts";
import { randomLeafCases } from "./subjects/random-leaf.ts";
import { refusalCases } from "./subjects/refusal.ts";
import { wasmExport } from "./subjects/wasm-export.ts";

// A charge and its uncharge at a leaf, by depth: the library, the kernel's algorithm in C, and the same counters as a
// program would write them in JavaScript. One controller for all: a second instance of the core would slow both down.

const leaves = sized(50_000, 500);
const dmem = Dmem.create({ capacity: { cgroups: leaves + 200, pools: leaves + 200, accounts: leaves + 200 } });
const region = dmem.registerRegion("vram", { size: GiB });

const inLibrary = pools(chain(dmem.root, DEEPEST), region);
const inObjects = objectCounters(chainParents(DEEPEST));
const inAtomics = new AtomicsCounters(DEEPEST);

function libraryCase(depth: number): Case {
  const pool = inLibrary[depth - 1] as Pool;
  const before = pool.usage;
  return {
    name: `pool.tryCharge, depth ${depth}`,
    against: ["C loop", "C by N-API", "wasm export", "plain objects", "Atomics"].map((by) => `${by}, depth ${depth}`),
    run: () => chargePairs(pool),
    check: () => assert.deepEqual([pool.usage, pool.held], [before, 0]),
  };
}

function exportCase(depth: number): Case {
  const pool = inLibrary[depth - 1] as Pool;
  pool.charge(PAGE);
  pool.uncharge(PAGE);
  const { call, account, stamp } = wasmExport(pool);
  return {
    name: `wasm export, depth ${depth}`,
    run() {
      const pairs = PAIRS;
      const page = PAGE;
      for (let i = 0; i < pairs; i++)
        if (call.tryCharge(account, stamp, page) === 0) call.uncharge(account, stamp, page);
    },
    check: () => assert.equal(pool.held, 0),
  };
}

function objectCase(depth: number): Case {
  const leaf = inObjects[depth - 1] as ObjectCounter;
  return {
    name: `plain objects, depth ${depth}`,
    run() {
      const pairs = PAIRS;
      const page = PAGE;
      for (let i = 0; i < pairs; i++) if (tryCharge(leaf, page)) uncharge(leaf, page);
    },
    check: () => assert.deepEqual([leaf.usage, leaf.peak], [0, PAGE]),
  };
}

function atomicsCase(depth: number): Case {
  const bytes = BigInt(PAGE);
  return {
    name: `Atomics, depth ${depth}`,
    run() {
      const [pairs, counters] = [PAIRS, inAtomics];
      for (let i = 0; i < pairs; i++) if (counters.tryCharge(depth, bytes)) counters.uncharge(depth, bytes);
    },
    check: () => assert.equal(inAtomics.usage[(depth - 1) * 8], 0n),
  };
}

function nativeCases(native: Native): Case[] {
  const first = native.plant(chainParents(DEEPEST));
  return DEPTHS.flatMap((depth) => {
    const leaf = first + depth - 1;
    const check = () => assert.equal(native.usage(leaf), 0);
    const loop = { name: `C loop, depth ${depth}`, run: () => void native.chargeLoop(leaf, PAGE, PAIRS), check };
    const single = {
      name: `C by N-API, depth ${depth}`,
      run() {
        const pairs = PAIRS;
        const page = PAGE;
        for (let i = 0; i < pairs; i++) if (native.tryCharge(leaf, page) === 1) native.uncharge(leaf, page);
      },
      check,
    };
    return [loop, single];
  });
}

const others = [
  ...protectedCases(dmem, region),
  ...refusalCases(dmem, region),
  ...randomLeafCases(dmem, region, leaves),
  ...budgetCases(dmem, region),
];
// Made last: the root counts what the others hold, and has to have as much in the end.
const depths = DEPTHS.flatMap((depth) => [
  libraryCase(depth),
  exportCase(depth),
  objectCase(depth),
  atomicsCase(depth),
]);
await suite("charge", [...depths, ...ifNative(nativeCases), ...others], missing);
