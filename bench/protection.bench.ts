import assert from "node:assert/strict";
import { Dmem, GiB, type Pool } from "dmemcg";
import { ifNative, missing, type Native } from "./baselines/native.ts";
import { sizes } from "./harness/mode.ts";
import { type Case, suite } from "./harness/suite.ts";
import { bushy, deep, flat, grow, leavesOf, PROTECTED, type Shape, siblings, USED } from "./subjects/tree-shape.ts";

// May memory of this pool go, when the top of its tree is full? The library looks at the path; Linux walks over the
// whole tree. Among a hundred thousand protected siblings the library sums them for each question: no target there.

const SHAPES = [
  ...sizes([100, 1000, 10_000, 100_000, 1_000_000], 100).map(bushy),
  ...sizes([100, 1000, 10_000, 100_000], 100).map(flat),
  ...sizes([100, 1000, 10_000, 100_000], 100).map(deep),
  ...sizes([100, 1000, 10_000, 100_000], 100).map(siblings),
];
/** How many questions a call asks, so that a call takes milliseconds at the most. */
const QUESTIONS = 100;
const SLOW_QUESTIONS = 1;

const nodes = SHAPES.reduce((sum, { parents }) => sum + parents.length, 1);
const dmem = Dmem.create({ capacity: { cgroups: nodes, pools: nodes, accounts: nodes, regions: 1, tickets: 1 } });
const region = dmem.registerRegion("vram", { size: GiB });

function caseName(by: string, { name, parents }: Shape): string {
  return `${by}, ${name}, ${(parents.length - 1).toLocaleString("en")} pools`;
}

function libraryCase(shape: Shape): Case {
  const { top, leaves } = grow(dmem, region, shape);
  const leaf = leaves[leaves.length >> 1] as Pool;
  const isSlow = shape.name.startsWith("siblings") && shape.parents.length > 10_000;
  const operations = isSlow ? SLOW_QUESTIONS : QUESTIONS;
  let [asked, valuable] = [0, 0];
  return {
    name: caseName("pool.evictValuable", shape),
    against: [caseName("C walk", shape)],
    operations,
    run() {
      for (let i = 0; i < operations; i++) if (leaf.evictValuable(top).valuable) valuable++;
      asked += operations;
    },
    check() {
      assert.equal(valuable, asked, "what is above its protection may go");
      assert.equal(top.usage, leaves.length * USED);
    },
  };
}

function nativeCase(native: Native, shape: Shape): Case {
  const top = native.plant(shape.parents);
  const leaves = leavesOf(shape);
  for (const leaf of leaves) native.tryCharge(top + leaf, USED);
  for (let node = 1; node < shape.parents.length; node++) native.set(top + node, PROTECTED, PROTECTED, -1);
  const leaf = top + (leaves[leaves.length >> 1] ?? 0);
  const operations = shape.parents.length > 10_000 ? SLOW_QUESTIONS : QUESTIONS / 10;
  let [asked, valuable] = [0, 0];
  return {
    name: caseName("C walk", shape),
    operations,
    run() {
      for (let i = 0; i < operations; i++) valuable += native.walk(top, leaf);
      asked += operations;
    },
    check: () => assert.deepEqual([valuable, native.usage(top)], [asked, leaves.length * USED]),
  };
}

const cases = SHAPES.flatMap((shape) => [libraryCase(shape), ...ifNative((native) => [nativeCase(native, shape)])]);
await suite("protection", cases, missing);
