import type { Cgroup, Pool } from "../../src/index.ts";
import { effective, type Protected } from "../reference/ttm-pool.ts";

/** A group and its pool, read afresh each time, with its protection by the plain formula. */
export class Tenant implements Protected {
  readonly pool: Pool;
  readonly parent: Tenant | null;
  readonly children: Tenant[] = [];

  constructor(pool: Pool, parent: Tenant | null) {
    this.pool = pool;
    this.parent = parent;
    parent?.children.push(this);
  }

  get cgroup(): Cgroup {
    return this.pool.cgroup;
  }

  get usage(): number {
    return this.pool.usage;
  }

  get limits(): { readonly min: number; readonly low: number } {
    return this.pool;
  }

  /** This tenant and those above it, upwards. */
  get line(): Tenant[] {
    return this.parent === null ? [this] : [this, ...this.parent.line];
  }

  /** The first on the way up that cannot take so much more. */
  limitFor(bytes: number): Tenant | null {
    return this.line.find(({ pool }) => pool.usage + bytes > pool.max) ?? null;
  }

  meeting(other: Tenant): Tenant | undefined {
    const { line } = other;
    return this.line.find((tenant) => line.includes(tenant));
  }

  /** Whether none of its bytes may be taken away for `limit`, which is full. */
  isBeyondReach(limit: Tenant): boolean {
    if (limit === this) return false;
    return !this.line.includes(limit) || this.usage <= effective(this, limit, "min");
  }
}
