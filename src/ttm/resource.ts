import type { Pool } from "../cgroup/pool.ts";
import type { BufferObject } from "./buffer-object.ts";
import type { LruList } from "./lru.ts";
import type { Allocation } from "./managers/resource-manager.ts";
import type { MemoryType } from "./memory-type.ts";

/** Where a buffer is, or is about to be: space of one memory type, and the pool that was charged for it. */
export class Resource {
  readonly bo: BufferObject;
  readonly allocation: Allocation;
  // Its place among the least recently used; kept by the list that it is in.
  /** The list that it is in, was in last, or is about to be in: all of them are of its memory type and its pool. */
  list: LruList;
  /** 0: in no list. */
  sequence = 0;
  previous: Resource | null = null;
  next: Resource | null = null;

  constructor(bo: BufferObject, allocation: Allocation, list: LruList) {
    this.bo = bo;
    this.allocation = allocation;
    this.list = list;
  }

  get type(): MemoryType {
    return this.list.type;
  }

  /** `null` where the type is not accounted. */
  get pool(): Pool | null {
    return this.list.pool;
  }

  /** Gives space and charge back. Of a controller that was disposed of, the charges went with that. */
  release(): void {
    const { type, pool } = this;
    type.lru.remove(this);
    type.manager.free(this.allocation);
    type.changes++;
    if (this.bo.device.dmem.attached) pool?.uncharge(this.bo.size);
  }
}
