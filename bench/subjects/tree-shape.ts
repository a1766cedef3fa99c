import type { Cgroup, Dmem, Pool, Region } from "dmemcg";
import { PAGE } from "./groups.ts";

/** A tree without a library: for each node the place of its parent, which comes before it; the first is the top. */
export interface Shape {
  readonly name: string;
  readonly parents: Int32Array;
}

/** All directly below the top. */
export function flat(count: number): Shape {
  return { name: "flat", parents: Int32Array.from({ length: count + 1 }, (_, index) => (index === 0 ? -1 : 0)) };
}

/** Chains of 16, side by side. */
export function deep(count: number): Shape {
  const parent = (index: number) => ((index - 1) % 16 === 0 ? 0 : index - 1);
  return {
    name: "deep",
    parents: Int32Array.from({ length: count + 1 }, (_, index) => (index === 0 ? -1 : parent(index))),
  };
}

/** Each has ten children. */
export function bushy(count: number): Shape {
  const parent = (index: number) => Math.floor((index - 1) / 10);
  return {
    name: "bushy",
    parents: Int32Array.from({ length: count + 1 }, (_, index) => (index === 0 ? -1 : parent(index))),
  };
}

/** One group below the top, and all others directly below that. */
export function siblings(count: number): Shape {
  const parent = (index: number) => (index === 1 ? 0 : 1);
  return {
    name: "siblings of one group",
    parents: Int32Array.from({ length: count + 1 }, (_, index) => (index === 0 ? -1 : parent(index))),
  };
}

/** Protection of a node: min and low, half of what a leaf uses. */
export const PROTECTED = PAGE;
/** What each leaf uses. */
export const USED = 2 * PAGE;

/** The nodes that have no children. */
export function leavesOf({ parents }: Shape): readonly number[] {
  const isParent = new Set(parents);
  return Array.from(parents, (_, index) => index).filter((index) => !isParent.has(index));
}

/** Builds the shape below a new group of the library, every node protected, every leaf in use. */
export function grow(dmem: Dmem, region: Region, shape: Shape): { top: Pool; leaves: readonly Pool[] } {
  const groups: Cgroup[] = [];
  shape.parents.forEach((parent, index) => {
    const above = groups[parent] ?? dmem.root;
    groups.push(above.mkdir(parent < 0 ? `${shape.name} ${shape.parents.length}` : `${index}`));
  });
  const [top, ...below] = groups.map((group) => group.pool(region));
  const leaves = leavesOf(shape).map((index) => (groups[index] as Cgroup).pool(region));
  for (const pool of leaves) pool.charge(USED);
  for (const pool of below) Object.assign(pool, { min: PROTECTED, low: PROTECTED });
  return { top: top as Pool, leaves };
}
