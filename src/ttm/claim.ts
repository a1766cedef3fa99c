import type { Cgroup } from "../cgroup/cgroup.ts";
import type { Pool } from "../cgroup/pool.ts";
import type { DmemError } from "../core/errors.ts";
import type { BufferObject } from "./buffer-object.ts";
import type { Place } from "./managers/place.ts";
import type { Allocation } from "./managers/resource-manager.ts";
import type { MemoryType } from "./memory-type.ts";
import type { Resource } from "./resource.ts";

/** How a charge stands to the protection of its group, as seen from the top. */
export type Entitlement = "min" | "low" | "none";

/** A request for space in one memory: first the charge, then the space. Both go back unless they become a resource. */
export class Claim {
  readonly bo: BufferObject;
  readonly type: MemoryType;
  readonly place: Place;
  /** What is charged; `null` where the type is not accounted. */
  readonly pool: Pool | null;
  #isCharged = false;
  #allocation: Allocation | null = null;

  constructor(bo: BufferObject, at: { type: MemoryType; place: Place }, payer: Cgroup) {
    this.bo = bo;
    this.type = at.type;
    this.place = at.place;
    this.pool = at.type.region === null ? null : payer.pool(at.type.region);
  }

  /** Charges, unless that was done before. @returns the pool that is full, `null` if it is charged now */
  charge(): Pool | null {
    if (this.#isCharged) return null;
    const limit = this.pool?.tryCharge(this.bo.size) ?? null;
    this.#isCharged = limit === null;
    if (this.#isCharged) this.type.changes++;
    return limit;
  }

  /** Takes space, if there is some. What can never fit has no space either, not even after an eviction. */
  allocate(): boolean {
    try {
      this.#allocation = this.type.manager.allocate({ pages: this.bo.pages, place: this.place });
    } catch (error) {
      if ((error as Partial<DmemError>)?.code !== "EINVAL") throw error;
    }
    return this.#allocation !== null;
  }

  /**
   * Whether the group may evict others for this although no eviction is asked for: it is still within its protection.
   */
  get entitlement(): Entitlement {
    if (this.pool === null) return "none";
    if (this.pool.belowMin()) return "min";
    return this.pool.belowLow() ? "low" : "none";
  }

  /** Makes a resource of it, the most recently used of its type. */
  take(): Resource {
    const allocation = this.#allocation as Allocation;
    this.#allocation = null;
    this.#isCharged = false;
    return this.type.lru.enter(this.bo, allocation, this.pool);
  }

  /** Gives back what has not become a resource. */
  release(): void {
    if (this.#allocation !== null) this.type.manager.free(this.#allocation);
    if (this.#isCharged) {
      this.pool?.uncharge(this.bo.size);
      this.type.changes++;
    }
    this.#allocation = null;
    this.#isCharged = false;
  }
}
