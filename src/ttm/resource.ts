import type { Pool } from "../cgroup/pool.ts";
import type { BufferObject } from "./buffer-object.ts";
import type { LruList } from "./lru.ts";
import type { MemoryType } from "./memory-type.ts";
import type { Allocation } from "./resource-manager.ts";

/** Where a buffer is, or is about to be: space of one memory type, and the pool that was charged for it. */
export class Resource {
  readonly bo: BufferObject;
  readonly type: MemoryType;
  readonly allocation: Allocation;
  /** `null` where the type is not accounted. */
  readonly pool: Pool | null;
  // Its place among the least recently used; kept by the list that it is in.
  sequence = 0;
  list: LruList | null = null;
  previous: Resource | null = null;
  next: Resource | null = null;

  constructor(bo: BufferObject, type: MemoryType, allocation: Allocation, pool: Pool | null) {
    this.bo = bo;
    this.type = type;
    this.allocation = allocation;
    this.pool = pool;
  }

  /** Gives space and charge back. Of a controller that was disposed of, the charges went with that. */
  release(): void {
    this.type.forget(this);
    this.type.manager.free(this.allocation);
    this.type.changes++;
    if (this.bo.device.dmem.attached) this.pool?.uncharge(this.bo.size);
  }
}
