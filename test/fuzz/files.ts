import { Dmem } from "../../src/index.ts";
import type { Random } from "../property/random.ts";
import { mutated } from "./mutation.ts";
import { require, type Target } from "./target.ts";

const REGIONS = ["drm/0000:03:00.0/vram0", "drm/0000:03:00.0/stolen", "drm/ünï/vram0"];
const CONTENTS: Readonly<Record<Controller, readonly string[]>> = {
  dmem: [
    ...REGIONS.map((name) => `${name} 1073741824`),
    `${REGIONS[0]} max\n`,
    `${REGIONS[1]}\t64M`,
    `${REGIONS[2]} 0x10`,
  ],
  drm: [
    "0000:03:00.0 region.vram0=1073741824 region.stolen=max",
    "0000:03:00.0 region.vram0=max\nünï region.vram0=4096\n",
    "ünï\tregion.vram0=0",
  ],
};
const LIMITS = ["min", "low", "max"];
const CAPACITY = { cgroups: 4, regions: 3, pools: 12, agents: 2, accounts: 12, tickets: 1 };

type Controller = "dmem" | "drm";

/** Writes to the files of a limit, and reads them all: a refused write must leave everything as it was. */
function limitsTarget(controller: Controller): Target {
  const valid = CONTENTS[controller].map((text) => Buffer.from(text));
  const dmem = Dmem.create({ controller, capacity: CAPACITY });
  for (const name of REGIONS) dmem.registerRegion(name, { size: 2 ** 33 });
  const group = dmem.root.mkdir("a");
  const shown = () => LIMITS.map((limit) => group.read(`${controller}.${limit}`)).join();
  const initial = shown();
  const reset = () => {
    for (const { pool } of dmem.regions.map((region) => ({ pool: group.pool(region) }))) {
      pool.min = 0;
      pool.low = 0;
      pool.max = Number.POSITIVE_INFINITY;
    }
  };
  return {
    name: `${controller}-files`,
    take(random: Random): void {
      const bytes = mutated(random, random.pick(valid) as Uint8Array, valid);
      try {
        const written = group.write(`${controller}.${random.pick(LIMITS)}`, bytes);
        require(written === bytes.length, `${written} of ${bytes.length} bytes were written`);
      } catch (error) {
        require(shown() === initial, `A refused write changed something: ${shown()}`);
        throw error;
      }
      for (const file of group.files) require(typeof group.read(file) === "string", `${file} cannot be read`);
      reset();
    },
    close: () => dmem.dispose(),
  };
}

function subtreeTarget(): Target {
  const valid = ["+dmem", "-dmem", "+dmem -dmem\n", "-dmem +dmem +dmem"].map((text) => Buffer.from(text));
  const dmem = Dmem.create({ capacity: CAPACITY });
  const group = dmem.root.mkdir("a");
  group.mkdir("b").write("cgroup.subtree_control", "-dmem");
  return {
    name: "subtree-control",
    take(random: Random): void {
      const before = group.read("cgroup.subtree_control");
      try {
        group.write("cgroup.subtree_control", mutated(random, random.pick(valid) as Uint8Array, valid));
      } catch (error) {
        require(group.read("cgroup.subtree_control") === before, "A refused write changed something");
        throw error;
      }
      group.write("cgroup.subtree_control", "+dmem");
    },
    close: () => dmem.dispose(),
  };
}

export const fileTargets: readonly (() => Target)[] = [
  () => limitsTarget("dmem"),
  () => limitsTarget("drm"),
  subtreeTarget,
];
