import assert from "node:assert/strict";
import { Dmem, GiB, type Pool } from "dmemcg";
import { ifNative, missing } from "./baselines/native.ts";
import { type Case, PAIRS, suite } from "./harness/suite.ts";
import { chain, chainParents, DEEPEST, DEPTHS, PAGE, pools } from "./subjects/groups.ts";
import { loopsOn } from "./subjects/inside-wasm.ts";
import { wasmExport } from "./subjects/wasm-export.ts";

// What a charge costs without the call into the module, against the least that it can cost: one locked add a level. A
// suite of its own, since it takes a second instance.

const dmem = Dmem.create();
const region = dmem.registerRegion("vram", { size: GiB });
const levels = pools(chain(dmem.root, DEEPEST), region);
const loops = loopsOn(dmem);

function wasmCases(depth: number): Case[] {
  const pool = levels[depth - 1] as Pool;
  pool.charge(PAGE);
  pool.uncharge(PAGE);
  const { account, stamp } = wasmExport(pool);
  const check = () => assert.deepEqual([pool.usage, pool.held], [0, 0]);
  return [
    {
      name: `tryCharge inside wasm, depth ${depth}`,
      against: [`locked adds inside wasm, depth ${depth}`, `C loop, depth ${depth}`],
      run: () => assert.equal(loops.chargeLoop(account, stamp, PAGE, PAIRS), PAIRS),
      check,
    },
    {
      name: `locked adds inside wasm, depth ${depth}`,
      against: [`locked adds in C, depth ${depth}`],
      run: () => void loops.addLoop(account, BigInt(PAGE), PAIRS),
      check,
    },
  ];
}

const inC = ifNative((native): Case[] => {
  const first = native.plant(chainParents(DEEPEST));
  return DEPTHS.flatMap((depth) => {
    const leaf = first + depth - 1;
    const check = () => assert.equal(native.usage(leaf), 0);
    const run = () => assert.equal(native.chargeLoop(leaf, PAGE, PAIRS), PAIRS);
    const add = () => void native.floorLoop(leaf, PAGE, PAIRS);
    return [
      { name: `C loop, depth ${depth}`, run, check },
      { name: `locked adds in C, depth ${depth}`, run: add, check },
    ];
  });
});

await suite("inside-wasm", [...DEPTHS.flatMap(wasmCases), ...inC], missing);
