import assert from "node:assert/strict";
import { Dmem, GiB, MiB, type Pool } from "dmemcg";
import { ifNative, missing } from "./baselines/native.ts";
import { sized } from "./harness/mode.ts";
import { type Case, PAIRS, type SampledCase, suite } from "./harness/suite.ts";
import { chain, chainParents, chargePairs, PAGE, pools } from "./subjects/groups.ts";
import { Threads } from "./subjects/threads.ts";

// Charging ahead: a thread with a stock takes a batch from the tree at once and serves itself from it. What hits the
// stock touches no word that another thread touches.

const DEPTHS = [1, 4, 16];
const STOCK_BYTES = MiB;
const THREAD_PAIRS = sized(500_000, 2000);

const dmem = Dmem.create();
const region = dmem.registerRegion("vram", { size: GiB });

function hitCases(depth: number): Case[] {
  const leaf = pools(chain(dmem.root.mkdir(`depth ${depth}`), depth), region).at(-1) as Pool;
  leaf.stock({ batch: STOCK_BYTES });
  const hit: Case = {
    name: `stock hit, depth ${depth}`,
    against: [`C loop, depth ${depth}`],
    run: () => chargePairs(leaf),
    check() {
      assert.deepEqual([leaf.held, leaf.usage], [0, leaf.stocked]);
      leaf.stock({ batch: 0 });
      assert.deepEqual([leaf.usage, leaf.stocked], [0, 0]);
    },
  };
  const inC = ifNative((native): Case[] => {
    const counter = native.plant(chainParents(depth)) + depth - 1;
    const run = () => assert.equal(native.chargeLoop(counter, PAGE, PAIRS), PAIRS);
    return [{ name: `C loop, depth ${depth}`, run, check: () => assert.equal(native.usage(counter), 0) }];
  });
  return [hit, ...inC];
}

const shared = dmem.root.mkdir("shared").mkdir("group").mkdir("leaf");
const sharedPool = shared.pool(region);
const threads = new Threads(dmem, 2);

function threadsCase(count: number, what: "stock" | "no stock", against: readonly string[]): SampledCase {
  const held = count * THREAD_PAIRS * PAGE;
  const task = { pairs: THREAD_PAIRS, ...(what === "stock" ? { stockBytes: STOCK_BYTES } : {}) };
  const paths = Array.from({ length: count }, () => shared.path);
  const whileHeld = () => assert.equal(sharedPool.usage - sharedPool.stocked, held, "not every charge counts");
  return {
    name: `${count === 1 ? "one thread" : "two threads on one leaf"}, ${what}`,
    against,
    unit: "ns",
    sample: () => threads.charge({ task, paths, whileHeld }),
    check: () => assert.deepEqual([sharedPool.usage, sharedPool.stocked], [0, 0]),
  };
}

await suite(
  "stock",
  [
    ...DEPTHS.flatMap(hitCases),
    threadsCase(1, "stock", []),
    threadsCase(2, "no stock", []),
    threadsCase(2, "stock", ["two threads on one leaf, no stock", "one thread, stock"]),
  ],
  missing,
);
await threads.end();
