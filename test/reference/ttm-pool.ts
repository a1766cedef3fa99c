// Groups and what is charged to them in one region, plainly: counters, and the protection formula by recursion, as the
// kernel's traces follow it (test/fixtures/ttm-linux-7.3/FORMAT.md, sections 7.1, 7.2 and 7.5).

/** What stands for no limit. */
export const UNLIMITED = 2 ** 51 - 1;

export type Limit = "min" | "low" | "max";

export class ReferenceGroup {
  readonly path: string;
  readonly parent: ReferenceGroup | null;
  removed = false;

  constructor(name: string, parent: ReferenceGroup | null) {
    this.parent = parent;
    this.path = `${parent === null || parent.parent === null ? "" : parent.path}/${name}`;
  }

  /** This group and those above it, upwards. */
  get line(): ReferenceGroup[] {
    return this.parent === null ? [this] : [this, ...this.parent.line];
  }
}

export class ReferencePool {
  readonly group: ReferenceGroup;
  readonly parent: ReferencePool | null;
  readonly children: ReferencePool[] = [];
  readonly limits = { min: 0, low: 0, max: UNLIMITED };
  usage = 0;
  peak = 0;

  constructor(group: ReferenceGroup, parent: ReferencePool | null) {
    this.group = group;
    this.parent = parent;
    parent?.children.push(this);
  }

  /** This pool and those above it, upwards. */
  get line(): ReferencePool[] {
    return this.parent === null ? [this] : [this, ...this.parent.line];
  }

  /** @returns the pool that refuses, `null` if all is charged */
  tryCharge(bytes: number, refusalRaisesPeak: boolean): ReferencePool | null {
    const full = this.line.find(({ usage, limits }) => usage + bytes > limits.max) ?? null;
    for (const pool of this.line) {
      if (pool === full) return full;
      if (full === null || refusalRaisesPeak) pool.peak = Math.max(pool.peak, pool.usage + bytes);
      if (full === null) pool.usage += bytes;
    }
    return null;
  }

  uncharge(bytes: number): void {
    for (const pool of this.line) pool.usage -= bytes;
  }
}

/** All that protection depends on. */
export interface Protected {
  readonly parent: Protected | null;
  readonly children: readonly Protected[];
  readonly usage: number;
  readonly limits: { readonly min: number; readonly low: number };
}

/** What of a pool's usage is protected, as seen from `root`, which is above it. */
export function effective(pool: Protected, root: Protected, kind: "min" | "low"): number {
  const { parent, usage, limits } = pool;
  if (parent === null || pool === root) return 0;
  if (parent === root) return limits[kind];
  const budget = effective(parent, root, kind);
  const siblings = parent.children.reduce((sum, child) => sum + claimed(child, kind), 0);
  const own = claimed(pool, kind);
  if (siblings > budget) return portion(own, budget, siblings);
  const unclaimed = parent.usage - siblings;
  if (unclaimed <= 0 || usage <= own) return own;
  return own + portion(budget - siblings, Math.min(usage - own, unclaimed), unclaimed);
}

/** Whether all of a pool's usage is protected, as seen from the top. */
export function isProtected(pool: ReferencePool, kind: "min" | "low"): boolean {
  return pool.parent !== null && pool.usage <= effective(pool, topOf(pool), kind);
}

export function topOf(pool: ReferencePool): ReferencePool {
  return pool.line.at(-1) ?? pool;
}

function claimed({ usage, limits }: Protected, kind: "min" | "low"): number {
  return Math.min(usage, limits[kind]);
}

/** Rounds down. */
function portion(amount: number, share: number, whole: number): number {
  return Number((BigInt(amount) * BigInt(share)) / BigInt(whole));
}
