import assert from "node:assert/strict";
import { Dmem, GiB, MiB } from "dmemcg";
import { type Case, suite } from "./harness/suite.ts";

// The interface files, with two regions: reading and writing them, next to the properties that say the same.

const CALLS = 100;

const dmem = Dmem.create();
const vram = dmem.registerRegion("drm/0000:03:00.0/vram0", { size: 8 * GiB });
const stolen = dmem.registerRegion("drm/0000:03:00.0/stolen", { size: GiB });
const group = dmem.root.mkdir("jobs").mkdir("train");
const pool = group.pool(vram);
pool.charge(64 * MiB);
group.pool(stolen).charge(MiB);

function reading(file: string, property: "usage" | "max" | "low", expected: RegExp): Case[] {
  let sum = 0;
  return [
    {
      name: `read ${file}`,
      against: [`pool.${property}`],
      operations: CALLS,
      run() {
        for (let i = 0; i < CALLS; i++) sum += group.read(file).length;
      },
      check: () => assert.match(group.read(file), expected),
    },
    {
      name: `pool.${property}`,
      operations: CALLS,
      run() {
        for (let i = 0; i < CALLS; i++) sum += pool[property];
      },
      check: () => assert.ok(!Number.isNaN(sum)),
    },
  ];
}

function writing(file: string, limit: "max" | "low"): Case[] {
  return [
    {
      name: `write ${file}`,
      against: [`pool.${limit} = …`],
      operations: CALLS,
      run() {
        for (let i = 0; i < CALLS; i++) group.write(file, `${vram.name} ${i % 2 === 0 ? "6G" : "7G"}`);
      },
      check: () => assert.equal(pool[limit], 7 * GiB),
    },
    {
      name: `pool.${limit} = …`,
      operations: CALLS,
      run() {
        for (let i = 0; i < CALLS; i++) pool[limit] = (i % 2 === 0 ? 6 : 7) * GiB;
      },
      check: () => assert.equal(pool[limit], 7 * GiB),
    },
  ];
}

await suite("files", [
  ...reading("dmem.current", "usage", /vram0 67108864\n.*stolen 1048576\n/),
  ...reading("dmem.max", "max", /vram0 7516192768\n.*stolen max\n/),
  ...reading("dmem.low", "low", /vram0 7516192768\n.*stolen 0\n/),
  ...writing("dmem.max", "max"),
  ...writing("dmem.low", "low"),
]);
