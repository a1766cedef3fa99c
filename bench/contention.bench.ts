import assert from "node:assert/strict";
import { Dmem, GiB } from "dmemcg";
import { sized } from "./harness/mode.ts";
import { type SampledCase, suite } from "./harness/suite.ts";
import { PAGE } from "./subjects/groups.ts";
import { Threads } from "./subjects/threads.ts";

// Two threads that charge at the same time, at depth 4, and what they do together against what one does alone. A figure
// is time for each pair of operations, whoever does it: two threads that do not hinder each other halve it.

const PAIRS = sized(500_000, 2000);
const THREADS = 2;

const dmem = Dmem.create();
const vram = dmem.registerRegion("vram", { size: GiB });
for (const top of ["one", "two"]) {
  const group = dmem.root.mkdir(top).mkdir("group");
  for (const leaf of ["left", "right"]) group.mkdir(leaf);
}
const root = dmem.root.pool(vram);
const threads = new Threads(dmem, THREADS);

function contentionCase(name: string, paths: readonly string[]): SampledCase {
  const held = paths.length * PAIRS * PAGE;
  const whileHeld = () => assert.equal(root.usage, held, "not every charge counts");
  return {
    name,
    unit: "ns",
    ...(paths.length > 1 ? { against: ["one thread"] } : {}),
    sample: () => threads.charge({ task: { pairs: PAIRS }, paths, whileHeld }),
    check: () => assert.equal(root.usage, 0),
  };
}

await suite("contention", [
  contentionCase("one thread", ["/one/group/left"]),
  contentionCase("two threads, same leaf", ["/one/group/left", "/one/group/left"]),
  contentionCase("two threads, siblings", ["/one/group/left", "/one/group/right"]),
  contentionCase("two threads, disjoint below the root", ["/one/group/left", "/two/group/left"]),
]);
await threads.end();
