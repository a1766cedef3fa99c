import assert from "node:assert/strict";
import { Dmem } from "dmemcg";
import { type BufferObject, PAGE_BYTES } from "dmemcg/ttm";
import { sized } from "./mode.ts";
import { type SampledCase, suite } from "./suite.ts";
import { VRAM, videoMemory } from "./video-memory.ts";

// One large request that evicts from each of many groups below a common one: with half of what each has protected, and
// without protection. SIBLINGS=1000 in the environment takes fewer groups.

const SIBLINGS = Number(process.env.SIBLINGS ?? sized(100_000, 200));
const BUFFERS_EACH = 2;

const dmem = Dmem.create({
  capacity: { cgroups: SIBLINGS * 2 + 8, pools: SIBLINGS * 2 + 8, accounts: SIBLINGS * 2 + 8 },
});
const wanting = dmem.root.mkdir("wanting");

/** Nanoseconds for each group that loses a buffer. */
function walkCase(what: "protected" | "unprotected"): SampledCase {
  const pages = SIBLINGS * BUFFERS_EACH;
  const region = dmem.registerRegion(what, { size: pages * PAGE_BYTES });
  const device = videoMemory(dmem, region, pages);
  const common = dmem.root.mkdir(what);
  const groups = Array.from({ length: SIBLINGS }, (_, index) => common.mkdir(`sibling ${index}`));
  const buffers: BufferObject[] = [];
  for (let each = 0; each < BUFFERS_EACH; each++) {
    for (const owner of groups) buffers.push(device.create({ size: PAGE_BYTES, owner, placement: VRAM }));
  }
  if (what === "protected") {
    common.pool(region).low = SIBLINGS * PAGE_BYTES;
    for (const group of groups) group.pool(region).low = PAGE_BYTES;
  }
  const count = SIBLINGS.toLocaleString("en");
  return {
    name: `${what}, ${count} siblings`,
    ...(what === "protected" ? { against: [`unprotected, ${count} siblings`] } : {}),
    unit: "ns",
    sample() {
      const start = performance.now();
      const large = device.create({ size: SIBLINGS * PAGE_BYTES, owner: wanting, placement: VRAM });
      const nanoseconds = ((performance.now() - start) * 1e6) / SIBLINGS;
      const left = common.pool(region).usage;
      large.free();
      for (const bo of buffers) bo.validate(VRAM); // as it was, in the same order
      assert.equal(left, SIBLINGS * PAGE_BYTES, "one of the two buffers of each went");
      return nanoseconds;
    },
    check: () => assert.equal(common.pool(region).usage, pages * PAGE_BYTES),
  };
}

await suite("eviction-walk", [walkCase("unprotected"), walkCase("protected")]);
