import assert from "node:assert/strict";
import { type Dmem, GiB, MiB, type Region } from "dmemcg";
import { ifNative } from "../baselines/native.ts";
import { type Case, PAIRS } from "../harness/suite.ts";
import { chain, chainParents, chargePairs, PAGE, pools } from "./groups.ts";

// Charges below min and low on every level. The root's pool has none, and a charge at depth 1 is the root's.

const DEPTHS = [2, 4, 8, 16];

interface Protection {
  readonly what: string;
  /** Min and low of every level. */
  readonly bytes: number;
  /** What is charged all the while. */
  readonly usage: number;
}

const PROTECTIONS: readonly Protection[] = [
  // What is protected changes with every charge: in C it is pushed up each time.
  { what: "hot protection", bytes: GiB, usage: 0 },
  // Usage is far above: what is protected never changes.
  { what: "steady protection", bytes: MiB, usage: GiB },
];

export function protectedCases(dmem: Dmem, region: Region): Case[] {
  return PROTECTIONS.flatMap((protection) =>
    DEPTHS.flatMap((depth) => [
      libraryCase(dmem, region, { ...protection, depth }),
      ...nativeCases({ ...protection, depth }),
    ]),
  );
}

interface Setting extends Protection {
  readonly depth: number;
}

function libraryCase(dmem: Dmem, region: Region, { what, bytes, usage, depth }: Setting): Case {
  const top = dmem.root.mkdir(`${what} at ${depth}`);
  const levels = pools(chain(top, depth - 1), region);
  for (const pool of levels) Object.assign(pool, { min: bytes, low: bytes });
  const leaf = levels.at(-1) ?? top.pool(region);
  leaf.charge(usage);
  return {
    name: `pool.tryCharge, depth ${depth}, ${what}`,
    against: [`C loop, depth ${depth}, ${what}`],
    run: () => chargePairs(leaf),
    check: () => assert.deepEqual([leaf.usage, leaf.held], [usage, usage]),
  };
}

function nativeCases({ what, bytes, usage, depth }: Setting): readonly Case[] {
  return ifNative((native) => {
    const first = native.plant(chainParents(depth));
    const leaf = first + depth - 1;
    for (let level = first + 1; level <= leaf; level++) native.set(level, bytes, bytes, -1);
    if (usage > 0) native.tryCharge(leaf, usage);
    const state = () => [native.usage(leaf), native.asked(first, 0), native.asked(first, 1)];
    const kept = Math.min(usage, bytes);
    const name = `C loop, depth ${depth}, ${what}`;
    const run = () => void native.chargeLoop(leaf, PAGE, PAIRS);
    return [{ name, run, check: () => assert.deepEqual(state(), [usage, kept, kept]) }];
  });
}
