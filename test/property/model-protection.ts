import { type ModelPool, UNLIMITED } from "./model.ts";

// Effective protection as the kernel's documentation tells it, over the model. (Linux mm/page_counter.c)

type Kind = "min" | "low";

export function effective(root: ModelPool, pool: ModelPool, kind: Kind): number {
  const { parent, usage, limits } = pool;
  if (pool === root || parent === null || usage === 0) return 0;
  if (parent === root) return limits[kind];
  const budget = effective(root, parent, kind);
  const own = Math.min(usage, limits[kind]);
  const siblings = parent.children.reduce((sum, child) => sum + Math.min(child.usage, child.limits[kind]), 0);
  if (siblings > budget) return part(own, budget, siblings);
  const unclaimed = parent.usage - siblings;
  if (unclaimed <= 0) return own;
  return own + part(budget - siblings, Math.min(usage - own, unclaimed), unclaimed);
}

/** As `Pool.effectiveProtection` shows it. */
export function shown(value: number): number {
  return value >= UNLIMITED ? Number.POSITIVE_INFINITY : value;
}

export function evictValuable(limit: ModelPool | null, pool: ModelPool, ignoreLow: boolean) {
  if (limit === pool) return { valuable: true, hitLow: false };
  const root = limit ?? top(pool);
  if (limit !== null && !pool.path.includes(limit)) return { valuable: false, hitLow: false };
  if (pool.usage <= effective(root, pool, "min")) return { valuable: false, hitLow: false };
  const valuable = ignoreLow || pool.usage > effective(root, pool, "low");
  return { valuable, hitLow: !valuable };
}

export function isProtected(root: ModelPool, pool: ModelPool, kind: Kind): boolean {
  return pool.parent !== null && root !== pool && pool.usage <= effective(root, pool, kind);
}

export function top(pool: ModelPool): ModelPool {
  return pool.path.at(-1) ?? pool;
}

function part(amount: number, share: number, whole: number): number {
  return Number((BigInt(amount) * BigInt(share)) / BigInt(whole));
}
