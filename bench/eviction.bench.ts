import assert from "node:assert/strict";
import { type Cgroup, Dmem, GiB } from "dmemcg";
import { ifNative, missing, type Native } from "./baselines/native.ts";
import { sizes } from "./harness/mode.ts";
import { type Case, suite } from "./harness/suite.ts";
import { PAGE } from "./subjects/groups.ts";
import { thrashCases } from "./subjects/thrash.ts";
import { VRAM, videoMemory } from "./subjects/video-memory.ts";

// Who goes next, when all buffers but the youngest are protected. The library's case does all of it: a buffer is made,
// the victim found and moved, and freed. The scans in C only find it: as the kernel does, which walks over the whole
// tree for each buffer, and with a walk down the path of its pool alone.

const SIZES = sizes([1000, 10_000, 100_000, 1_000_000], 1000);
const GROUPS = 64;
const EVICTIONS = 10;

const dmem = Dmem.create();
const owners = Array.from({ length: GROUPS }, (_, index) => dmem.root.mkdir(`owner ${index}`));
const open = dmem.root.mkdir("open");

function libraryCase(buffers: number): Case {
  const region = dmem.registerRegion(`vram/${buffers}`, { size: buffers * PAGE });
  const device = videoMemory(dmem, region, buffers);
  for (let index = 1; index < buffers; index++) {
    device.create({ size: PAGE, owner: owners[index % GROUPS] as Cgroup, placement: VRAM });
  }
  for (const owner of owners) owner.pool(region).min = Number.POSITIVE_INFINITY;
  let youngest = device.create({ size: PAGE, owner: open, placement: VRAM });
  const name = victimName(buffers);
  return {
    name,
    against: [
      scanName(buffers, "C scan"),
      scanName(buffers, "C scan by path"),
      ...(buffers === SIZES[0] ? [] : [victimName(SIZES[0] ?? 0)]),
    ],
    operations: EVICTIONS,
    run() {
      for (let i = 0; i < EVICTIONS; i++) {
        const victim = youngest;
        youngest = device.create({ size: PAGE, owner: open, placement: VRAM });
        victim.free();
      }
    },
    check() {
      const held = owners.reduce((sum, owner) => sum + owner.pool(region).usage, 0);
      assert.deepEqual([held, open.pool(region).usage], [(buffers - 1) * PAGE, PAGE]);
      assert.deepEqual([device.usedPages("vram"), device.usedPages("system"), youngest.place], [buffers, 0, "vram"]);
    },
  };
}

function nativeCases(native: Native, buffers: number): Case[] {
  const top = native.plant(Int32Array.from({ length: GROUPS + 2 }, (_, index) => (index === 0 ? -1 : 0)));
  const youngest = top + GROUPS + 1;
  for (let index = 1; index < buffers; index++) native.tryCharge(top + 1 + (index % GROUPS), PAGE);
  native.tryCharge(youngest, PAGE);
  for (let owner = 1; owner <= GROUPS; owner++) native.set(top + owner, GiB * 1024, 0, -1);
  const order = Int32Array.from({ length: buffers }, (_, index) => top + 1 + (index % GROUPS));
  order[buffers - 1] = youngest;
  const list = native.list(order);
  const scanCase = (what: Scan, scan: () => number): Case => {
    let wrong = 0;
    return {
      name: scanName(buffers, what),
      operations: 1,
      run() {
        if (scan() !== buffers - 1) wrong++;
      },
      check: () => assert.equal(wrong, 0, "the victim is the youngest"),
    };
  };
  return [
    scanCase("C scan", () => native.scan(list, top)),
    scanCase("C scan by path", () => native.scanByPath(list, top)),
  ];
}

function victimName(buffers: number): string {
  return `next victim, ${buffers.toLocaleString("en")} buffers`;
}

type Scan = "C scan" | "C scan by path";

function scanName(buffers: number, what: Scan): string {
  return `${what}, ${buffers.toLocaleString("en")} buffers`;
}

await suite(
  "eviction",
  [
    ...SIZES.flatMap((buffers) => [libraryCase(buffers), ...ifNative((native) => nativeCases(native, buffers))]),
    ...thrashCases(dmem),
  ],
  missing,
);
