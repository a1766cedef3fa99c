import type { ModelPool } from "./model-pool.ts";

// Effective protection as the kernel's documentation tells it, over the model. (Linux mm/page_counter.c)

type Kind = "min" | "low";

export type Protection = Record<Kind, bigint>;

export function effective(root: ModelPool, pool: ModelPool, kind: Kind): bigint {
  if (pool === root || pool.parent === null || pool.usage === 0n) return 0n;
  return share(root, pool, kind, pool.parent === root ? 0n : effective(root, pool.parent, kind));
}

/** What a pool with usage below `root` is left with, if its parent has `budget` to give. */
export function share(root: ModelPool, { parent, usage, limits }: ModelPool, kind: Kind, budget: bigint): bigint {
  if (parent === null || parent === root) return limits[kind];
  const own = smaller(usage, limits[kind]);
  const siblings = parent.children.reduce((sum, child) => sum + smaller(child.usage, child.limits[kind]), 0n);
  if (siblings > budget) return (own * budget) / siblings;
  const unclaimed = parent.usage - siblings;
  if (unclaimed <= 0n) return own;
  return own + ((budget - siblings) * smaller(usage - own, unclaimed)) / unclaimed;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
