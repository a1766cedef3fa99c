import type { Cgroup, Dmem } from "../../src/index.ts";
import { slotsUsed } from "../support/small-dmem.ts";

/** All that a failure must leave as it was: the tree, what is charged and held, limits, slots of every kind. */
export function controllerState(...agents: readonly Dmem[]): unknown {
  return agents.map((dmem) => ({
    slots: slotsUsed(dmem),
    regions: dmem.regions.map(({ name, reclaim }) => ({ name, reclaim })),
    groups: below(dmem.root).map((group) => ({
      path: group.path,
      files: group.files,
      pools: dmem.regions.map((region) => {
        const pool = group.pool(region);
        const { usage, min, low, high, max } = pool.values();
        return { pool: `${pool}`, usage, min, low, high, max, held: pool.held, stocked: pool.stocked };
      }),
    })),
  }));
}

/** A group and all below it. */
export function below(group: Cgroup): Cgroup[] {
  return [group, ...group.children.flatMap(below)];
}
