import assert from "node:assert/strict";
import type { Dmem, Pool, Region } from "dmemcg";
import { ifNative } from "../baselines/native.ts";
import { type ObjectCounter, objectCounters, tryCharge, uncharge } from "../baselines/object-counter.ts";
import type { Case } from "../harness/suite.ts";
import { PAGE, scattered } from "./groups.ts";

// Charges all over a large tree: most counters are in no cache. Below the root a hundred groups share the leaves.

const GROUPS = 100;

export function randomLeafCases(dmem: Dmem, region: Region, leaves: number): Case[] {
  const chosen = scattered(leaves, leaves);
  return [libraryCase(dmem, region, { leaves, chosen }), objectCase(leaves, chosen), ...nativeCases(leaves, chosen)];
}

function libraryCase(dmem: Dmem, region: Region, { leaves, chosen }: { leaves: number; chosen: Int32Array }): Case {
  const groups = Array.from({ length: GROUPS }, (_, index) => dmem.root.mkdir(`group ${index}`));
  const all = Array.from({ length: leaves }, (_, index) => {
    const pool = groups[index % GROUPS]?.mkdir(`leaf ${index}`).pool(region) as Pool;
    pool.charge(PAGE); // so that all of them exist
    return pool;
  });
  const order = Array.from(chosen, (index) => all[index] as Pool);
  return {
    name: "pool.tryCharge, random leaves",
    against: ["C loop, random leaves", "plain objects, random leaves"],
    operations: order.length,
    run() {
      const page = PAGE;
      for (const pool of order) if (pool.tryCharge(page) === null) pool.uncharge(page);
    },
    check() {
      for (const pool of order) assert.deepEqual([pool.usage, pool.held], [PAGE, PAGE]);
      const inGroups = groups.map((group) => group.pool(region).usage);
      assert.equal(
        inGroups.reduce((sum, usage) => sum + usage, 0),
        leaves * PAGE,
      );
    },
  };
}

/** The root, the groups, and the leaves, each with the place of its parent. */
function parents(leaves: number): Int32Array {
  const parent = (index: number) => (index === 0 ? -1 : index <= GROUPS ? 0 : 1 + ((index - 1 - GROUPS) % GROUPS));
  return Int32Array.from({ length: 1 + GROUPS + leaves }, (_, index) => parent(index));
}

function objectCase(leaves: number, chosen: Int32Array): Case {
  const all = objectCounters(parents(leaves));
  const order = Array.from(chosen, (index) => all[1 + GROUPS + index] as ObjectCounter);
  return {
    name: "plain objects, random leaves",
    operations: order.length,
    run() {
      const page = PAGE;
      for (const leaf of order) if (tryCharge(leaf, page)) uncharge(leaf, page);
    },
    check: () => assert.equal(all[0]?.usage, 0),
  };
}

function nativeCases(leaves: number, chosen: Int32Array): readonly Case[] {
  return ifNative((native) => {
    const first = native.plant(parents(leaves));
    const choice = native.choose(chosen.map((index) => first + 1 + GROUPS + index));
    const run = () => assert.equal(native.chargeChosen(choice, PAGE), chosen.length);
    const check = () => assert.equal(native.usage(first), 0);
    return [{ name: "C loop, random leaves", operations: chosen.length, run, check }];
  });
}
