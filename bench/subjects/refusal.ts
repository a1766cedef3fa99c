import assert from "node:assert/strict";
import type { Dmem, Region } from "dmemcg";
import { ifNative } from "../baselines/native.ts";
import { type ObjectCounter, objectCounters, tryCharge } from "../baselines/object-counter.ts";
import { type Case, PAIRS } from "../harness/suite.ts";
import { chain, chainParents, PAGE, pools } from "./groups.ts";

// Charges that the top of their chain refuses: everything below was charged by then and is taken back. The root has no
// max, so in the library the top is a group directly below it.

const DEPTHS = [1, 4, 16];

export function refusalCases(dmem: Dmem, region: Region): Case[] {
  return DEPTHS.flatMap((depth) => [libraryCase(dmem, region, depth), objectCase(depth), ...nativeCases(depth)]);
}

function libraryCase(dmem: Dmem, region: Region, depth: number): Case {
  const levels = pools(chain(dmem.root.mkdir(`full at ${depth}`), depth), region);
  const [top, leaf] = [levels[0], levels.at(-1)];
  if (top === undefined || leaf === undefined) throw new RangeError("A chain has a top.");
  top.max = PAGE;
  leaf.charge(PAGE);
  let refused = 0;
  let calls = 0;
  return {
    name: `pool.tryCharge, refused ${depth} up`,
    against: [`C loop, refused ${depth} up`, `C by N-API, refused ${depth} up`, `plain objects, refused ${depth} up`],
    run() {
      calls++;
      const pairs = PAIRS;
      const page = PAGE;
      for (let i = 0; i < pairs; i++) if (leaf.tryCharge(page) === top) refused++;
    },
    check: () => assert.deepEqual([leaf.usage, top.usage, refused], [PAGE, PAGE, calls * PAIRS]),
  };
}

function objectCase(depth: number): Case {
  const levels = objectCounters(chainParents(depth));
  const leaf = levels.at(-1) as ObjectCounter;
  tryCharge(leaf, PAGE);
  Object.assign(levels[0] as ObjectCounter, { max: PAGE });
  return {
    name: `plain objects, refused ${depth} up`,
    run() {
      const pairs = PAIRS;
      const page = PAGE;
      for (let i = 0; i < pairs; i++) tryCharge(leaf, page);
    },
    check: () => assert.equal(leaf.usage, PAGE),
  };
}

function nativeCases(depth: number): readonly Case[] {
  return ifNative((native) => {
    const first = native.plant(chainParents(depth));
    const leaf = first + depth - 1;
    native.set(first, 0, 0, PAGE);
    native.tryCharge(leaf, PAGE);
    let calls = 0;
    const loop: Case = {
      name: `C loop, refused ${depth} up`,
      run() {
        calls++;
        native.chargeLoop(leaf, PAGE, PAIRS);
      },
      check: () => assert.equal(native.usage(leaf), PAGE),
    };
    const single: Case = {
      name: `C by N-API, refused ${depth} up`,
      run() {
        calls++;
        const pairs = PAIRS;
        const page = PAGE;
        for (let i = 0; i < pairs; i++) native.tryCharge(leaf, page);
      },
      check: () => assert.deepEqual([native.usage(leaf), native.failures(first)], [PAGE, calls * PAIRS]),
    };
    return [loop, single];
  });
}
