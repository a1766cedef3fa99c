import assert from "node:assert/strict";
import { Dmem, GiB, type Pool } from "dmemcg";
import { ifNative, missing, type Native } from "./baselines/native.ts";
import { type Case, suite } from "./harness/suite.ts";
import { chain, chainParents, PAGE, pools } from "./subjects/groups.ts";

// Many charges in one call, at depth 4: of one pool, where they come to one charge, and of two by turns, where that is
// harder. C makes them one by one. A figure is for each charge with its uncharge.

const SIZES = [1, 4, 16, 64, 256];
const DEPTH = 4;
/** Charges a call, whatever the size of a batch. */
const CHARGES = 1024;

const dmem = Dmem.create();
const region = dmem.registerRegion("vram", { size: GiB });

function leafIn(name: string): Pool {
  return pools(chain(dmem.root.mkdir(name), DEPTH - 1), region).at(-1) as Pool;
}

const leaves = [leafIn("left"), leafIn("right")];

function batchCase(size: number, what: "one pool" | "two by turns"): Case {
  const pool = (index: number) => leaves[what === "one pool" ? 0 : index % 2] as Pool;
  const charges = Array.from({ length: size }, (_, index) => ({ pool: pool(index), bytes: PAGE }));
  let refused = 0;
  return {
    name: `batch of ${size}, ${what}`,
    against: [`C loop of ${size}, ${what}`],
    operations: CHARGES,
    run() {
      for (let done = 0; done < CHARGES; done += size) {
        refused += dmem.tryChargeMany(charges, { allOrNothing: true }).length;
        dmem.unchargeMany(charges);
      }
    },
    check: () => assert.deepEqual([refused, ...leaves.map(({ usage }) => usage)], [0, 0, 0]),
  };
}

function nativeCase(native: Native, size: number, what: "one pool" | "two by turns"): Case {
  const [left, right] = [native.plant(chainParents(DEPTH)) + DEPTH - 1, native.plant(chainParents(DEPTH)) + DEPTH - 1];
  const order = Int32Array.from({ length: CHARGES }, (_, index) =>
    what === "one pool" || index % 2 === 0 ? left : right,
  );
  const list = native.choose(order);
  return {
    name: `C loop of ${size}, ${what}`,
    operations: CHARGES,
    run: () => assert.equal(native.chargeChosen(list, PAGE), CHARGES),
    check: () => assert.deepEqual([native.usage(left), native.usage(right)], [0, 0]),
  };
}

const kinds = ["one pool", "two by turns"] as const;
await suite(
  "batch",
  kinds.flatMap((what) =>
    SIZES.flatMap((size) => [batchCase(size, what), ...ifNative((native) => [nativeCase(native, size, what)])]),
  ),
  missing,
);
