import type { Cgroup, Pool, Region } from "dmemcg";
import { PAIRS } from "../harness/suite.ts";

/** What most cases charge at once. */
export const PAGE = 4096;
export const DEPTHS = [1, 2, 4, 8, 16];
export const DEEPEST = Math.max(...DEPTHS);

/** Groups one below the other, `top` the first. */
export function chain(top: Cgroup, length: number): readonly Cgroup[] {
  const groups = [top];
  while (groups.length < length) groups.push((groups.at(-1) ?? top).mkdir("child"));
  return groups;
}

export function pools(groups: readonly Cgroup[], region: Region): readonly Pool[] {
  return groups.map((group) => group.pool(region));
}

/** What most cases do: charge a page and return it, PAIRS times. */
export function chargePairs(pool: Pool): void {
  const pairs = PAIRS; // an import is looked up at each use, here once
  const page = PAGE;
  for (let i = 0; i < pairs; i++) if (pool.tryCharge(page) === null) pool.uncharge(page);
}

/** For the baselines: each counter the child of the one before. */
export function chainParents(length: number): Int32Array {
  return Int32Array.from({ length }, (_, index) => index - 1);
}

/** The same numbers every time, as evenly spread as random ones. From 0 to `below` - 1. */
export function scattered(count: number, below: number): Int32Array {
  let state = 0x9e3779b9;
  return Int32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  });
}
