import type { Placement } from "../../src/ttm/index.ts";
import type { ReferenceGroup, ReferencePool } from "./ttm-pool.ts";

// What the reference device works with.

export interface ReferenceDriver {
  evictionPlacement(bo: ReferenceBuffer): Placement;
  /** Throws if the move fails. */
  move(bo: ReferenceBuffer, to: string | null, evict: boolean): void;
}

export interface NewBuffer {
  readonly pages: number;
  readonly owner: ReferenceGroup;
  readonly priority: number;
}

export class ReferenceBuffer {
  readonly pages: number;
  readonly owner: ReferenceGroup;
  priority: number;
  discardable = false;
  pinCount = 0;
  freed = false;
  reserved = false;
  slot: Slot | null = null;

  constructor({ pages, owner, priority }: NewBuffer) {
    this.pages = pages;
    this.owner = owner;
    this.priority = priority;
  }

  get size(): number {
    return this.pages * 4096;
  }
}

export class ReferenceMemory {
  readonly name: string;
  readonly pages: number;
  readonly accounted: boolean;
  readonly pools = new Map<ReferenceGroup, ReferencePool>();
  /** By priority, least recently used first. */
  readonly lists: Slot[][] = [[], [], [], []];
  usedPages = 0;

  constructor(name: string, { pages, accounted }: { pages: number; accounted: boolean }) {
    this.name = name;
    this.pages = pages;
    this.accounted = accounted;
  }

  poolOf(group: ReferenceGroup | undefined): ReferencePool | null {
    return (this.accounted && group && this.pools.get(group)) || null;
  }

  remove(slot: Slot): void {
    for (const list of this.lists) if (list.includes(slot)) list.splice(list.indexOf(slot), 1);
  }
}

/** Where a buffer is, or is about to be. */
export interface Slot {
  readonly bo: ReferenceBuffer;
  readonly memory: ReferenceMemory;
  readonly pool: ReferencePool | null;
  /** Rises from the least to the most recently used. */
  stamp: number;
}

/** Who asks, and how. */
export interface Request {
  readonly as: ReferenceGroup;
  readonly ticket: boolean;
}

/** A request for space in one memory. */
export interface Claim {
  readonly bo: ReferenceBuffer;
  readonly memory: ReferenceMemory;
  readonly pool: ReferencePool | null;
  isCharged: boolean;
}

/** What an eviction is for. */
export interface Aim {
  readonly memory: ReferenceMemory;
  readonly request: Request;
  /** Whether what is within low may go in the end. */
  readonly mayIgnoreLow: boolean;
  /** The pool that is full, in whose eyes `pool` has to be evictable; `null`: the device is. */
  limitFor(pool: ReferencePool | null): ReferencePool | null;
  spares(slot: Slot): boolean;
  /** Asked after each eviction. */
  isReached(evicted: ReferenceBuffer): boolean;
}

/** How a pass over everything went. */
export interface Pass {
  readonly reached: boolean;
  readonly evicted: boolean;
  /** Whether something was left alone only because it is within low. */
  readonly hitLow: boolean;
}

/**
 * Bytes that have to go before the claim can be fulfilled: from the device, and from each pool that is too full for it.
 */
export function lacking({ bo, memory, pool, isCharged }: Claim): number {
  const space = (memory.usedPages - memory.pages) * 4096 + bo.size;
  const charges = isCharged ? [] : (pool?.line ?? []).map(({ usage, limits }) => usage + bo.size - limits.max);
  return Math.max(space, ...charges);
}
