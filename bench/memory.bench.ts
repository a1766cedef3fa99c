import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Capacity, Dmem } from "dmemcg";
import { sized } from "./harness/mode.ts";
import { type SampledCase, suite } from "./harness/suite.ts";
import { arenaOf } from "./subjects/arena.ts";

// What a record takes in the arena: the difference between the sizes of two arenas. And what a buffer takes of the
// JavaScript heap: in a process of its own, after garbage collection.

const RECORDS = 65_536;
const BUFFERS = sized(200_000, 5000);
const MEASURE_HEAP = fileURLToPath(new URL("subjects/buffer-heap.mjs", import.meta.url));

const FEW: Partial<Capacity> = { cgroups: 1, regions: 1, pools: 1, agents: 1, accounts: 1, tickets: 1 };

function arenaBytes(capacity: Partial<Capacity>): number {
  using dmem = Dmem.create({ capacity: { ...FEW, ...capacity } });
  return arenaOf(dmem).buffer.byteLength;
}

function recordCase(name: string, kind: keyof Capacity): SampledCase {
  let bytes = 0;
  return {
    name,
    unit: "bytes",
    sample() {
      bytes = (arenaBytes({ [kind]: 2 * RECORDS }) - arenaBytes({ [kind]: RECORDS })) / RECORDS;
      return bytes;
    },
    check: () => assert.ok(bytes > 0 && bytes < 1024),
  };
}

function bufferCase(manager: string): SampledCase {
  let bytes = 0;
  return {
    name: `a buffer object, ${manager}`,
    unit: "bytes",
    sample() {
      const args = ["--expose-gc", MEASURE_HEAP, manager, `${BUFFERS}`];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
      if (status !== 0) throw new Error(stderr);
      bytes = Number(stdout);
      return bytes;
    },
    check: () => assert.ok(bytes > 0),
  };
}

await suite("memory", [
  recordCase("a pool", "pools"),
  recordCase("a cgroup, with its place among the names", "cgroups"),
  recordCase("an account: what a thread holds of a pool", "accounts"),
  ...["CountManager", "RangeManager", "BuddyManager"].map(bufferCase),
]);
