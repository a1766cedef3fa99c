import assert from "node:assert/strict";
import { Dmem } from "dmemcg";
import { type BufferObject, PAGE_BYTES } from "dmemcg/ttm";
import { sizes } from "./harness/mode.ts";
import { type SampledCase, suite } from "./harness/suite.ts";
import { VRAM, videoMemory } from "./subjects/video-memory.ts";

// One large request that evicts from each of many groups below a common one: with half of what each has protected, and
// without protection. SIBLINGS=1000,10000 in the environment takes other numbers of groups.

const SIZES = process.env.SIBLINGS?.split(",").map(Number) ?? sizes([1000, 10_000, 100_000], 200);
const BUFFERS_EACH = 2;
/** A walk that is going to take longer is left out. */
const LONGEST_MS = 120_000;

const room = SIZES.reduce((sum, siblings) => sum + 2 * siblings, 16);
const dmem = Dmem.create({ capacity: { cgroups: room, pools: 2 * room, accounts: 2 * room } });
const wanting = dmem.root.mkdir("wanting");

/** Nanoseconds for each group that loses a buffer. */
function walkCase(what: "protected" | "unprotected", siblings: number): SampledCase {
  const pages = siblings * BUFFERS_EACH;
  const region = dmem.registerRegion(`${what}/${siblings}`, { size: pages * PAGE_BYTES });
  const device = videoMemory(dmem, region, pages);
  const common = dmem.root.mkdir(`${what} ${siblings}`);
  const groups = Array.from({ length: siblings }, (_, index) => common.mkdir(`sibling ${index}`));
  const buffers: BufferObject[] = [];
  for (let each = 0; each < BUFFERS_EACH; each++) {
    for (const owner of groups) buffers.push(device.create({ size: PAGE_BYTES, owner, placement: VRAM }));
  }
  if (what === "protected") {
    common.pool(region).low = siblings * PAGE_BYTES;
    for (const group of groups) group.pool(region).low = PAGE_BYTES;
  }
  const count = siblings.toLocaleString("en");
  return {
    name: `${what}, ${count} siblings`,
    ...(what === "protected" ? { against: [`unprotected, ${count} siblings`] } : {}),
    unit: "ns",
    sample() {
      const start = performance.now();
      const large = device.create({ size: siblings * PAGE_BYTES, owner: wanting, placement: VRAM });
      const nanoseconds = ((performance.now() - start) * 1e6) / siblings;
      const left = common.pool(region).usage;
      large.free();
      for (const bo of buffers) bo.validate(VRAM); // as it was, in the same order
      assert.equal(left, siblings * PAGE_BYTES, "one of the two buffers of each went");
      return nanoseconds;
    },
    check: () => assert.equal(common.pool(region).usage, pages * PAGE_BYTES),
  };
}

const cases: SampledCase[] = [];
const notes: string[] = [];
/** What a group costs at the last size; it may cost in proportion to how many there are. */
let last = { siblings: 1, nanoseconds: 0 };
for (const siblings of SIZES) {
  const expectedMs = (siblings * last.nanoseconds * (siblings / last.siblings)) / 1e6;
  if (expectedMs > LONGEST_MS) {
    const seconds = Math.round(expectedMs / 1000).toLocaleString("en");
    notes.push(`${siblings.toLocaleString("en")} siblings are left out: one walk could take ${seconds} s.`);
    continue;
  }
  const walks = [walkCase("unprotected", siblings), walkCase("protected", siblings)];
  for (const walk of walks) last = { siblings, nanoseconds: await walk.sample() };
  cases.push(...walks);
}
await suite("eviction-walk", cases, notes);
