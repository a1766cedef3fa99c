import assert from "node:assert/strict";
import { type Cgroup, Dmem, GiB } from "dmemcg";
import { sized } from "./harness/mode.ts";
import { type Case, PAIRS, type SampledCase, suite } from "./harness/suite.ts";
import { AttachingThread } from "./subjects/attaching-thread.ts";
import { PAGE, scattered } from "./subjects/groups.ts";

// Groups: making and removing one, finding one by its path, and how long a thread takes that comes late. A Map of Maps
// is what a program of one thread would take.

const CGROUPS = sized(100_000, 1000);
const TOPS = 100;
const COUNT = CGROUPS.toLocaleString("en");

const dmem = Dmem.create({ capacity: { cgroups: CGROUPS + 300 } });
dmem.registerRegion("vram", { size: GiB });
const groups: Cgroup[] = [];
for (let top = 0; top < TOPS; top++) {
  const above = dmem.root.mkdir(`top ${top}`);
  for (let index = top; index < CGROUPS; index += TOPS) groups.push(above.mkdir(`group ${index}`));
}
const paths = Array.from(scattered(PAIRS, CGROUPS), (index) => (groups[index] as Cgroup).path);

interface Directory {
  readonly children: Map<string, Directory>;
}

const top: Directory = { children: new Map() };
for (const { path } of groups) {
  let directory = top;
  for (const name of path.slice(1).split("/")) {
    const child = directory.children.get(name) ?? { children: new Map() };
    directory.children.set(name, child);
    directory = child;
  }
}

function find(path: string): Directory | undefined {
  let directory: Directory | undefined = top;
  for (const name of path.split("/")) if (name !== "") directory = directory?.children.get(name);
  return directory;
}

const making: Case[] = [
  {
    name: "mkdir and rmdir",
    against: ["Map: set and delete"],
    run() {
      for (let i = 0; i < PAIRS; i++) dmem.root.mkdir("short-lived").rmdir();
    },
    check: () => assert.equal(dmem.root.children.length, TOPS),
  },
  {
    name: "Map: set and delete",
    run() {
      for (let i = 0; i < PAIRS; i++) {
        top.children.set("short-lived", { children: new Map() });
        top.children.delete("short-lived");
      }
    },
    check: () => assert.equal(top.children.size, TOPS),
  },
];

let found = 0;
const finding: Case[] = [
  {
    name: `look-up by path, ${COUNT} cgroups`,
    against: [`Maps: look-up by path, ${COUNT} entries`],
    run() {
      for (const path of paths) found += dmem.cgroup(path).name.length;
    },
    check: () => assert.ok(found > 0 && paths.every((path) => dmem.cgroup(path).path === path)),
  },
  {
    name: `Maps: look-up by path, ${COUNT} entries`,
    run() {
      for (const path of paths) found += find(path)?.children.size ?? Number.NaN;
    },
    check: () => assert.ok(!Number.isNaN(found)),
  },
];

const attaching: SampledCase = {
  name: `Dmem.attach in a worker, ${COUNT} cgroups`,
  unit: "ms",
  async sample() {
    const { milliseconds, held } = await new AttachingThread(dmem, groups.at(-1)?.path ?? "/").result;
    assert.equal(held, PAGE, "the late thread sees the tree");
    return milliseconds;
  },
  check: () => assert.equal(groups.at(-1)?.pool(dmem.region("vram")).usage, 0),
};

await suite("tree", [...making, ...finding, attaching]);
