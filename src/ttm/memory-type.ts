import type { Region } from "../cgroup/region.ts";
import { Lru } from "./lru.ts";
import type { Resource } from "./resource.ts";
import type { ResourceManager } from "./resource-manager.ts";

/** One of a device's memories: who hands out its space, which region accounts it, and who used it how lately. */
export class MemoryType {
  readonly name: string;
  readonly manager: ResourceManager;
  /** `null`: not accounted. */
  readonly region: Region | null;
  readonly lru = new Lru();
  /** What is pinned in any of the device's memories, in the order in which it came here. Shared by all its types. */
  readonly unevictable: Set<Resource>;
  /** Counts what was charged here and what was given back: what was within its protection before need not be after. */
  changes = 0;

  constructor(name: string, memory: { manager: ResourceManager; region?: Region }, unevictable: Set<Resource>) {
    this.name = name;
    this.manager = memory.manager;
    this.region = memory.region ?? null;
    this.unevictable = unevictable;
  }

  isAccounted(): this is MemoryType & { readonly region: Region } {
    return this.region !== null;
  }

  /** Memory that never runs out: nothing is ever evicted from it to make room. */
  get isUnlimited(): boolean {
    return this.manager.pages === Number.POSITIVE_INFINITY;
  }

  /** Makes `resource` the most recently used; of a pinned buffer it is out of reach of eviction. */
  touch(resource: Resource): void {
    this.forget(resource);
    if (resource.bo.pinCount > 0) this.unevictable.add(resource);
    else this.lru.append(resource);
  }

  forget(resource: Resource): void {
    this.lru.remove(resource);
    this.unevictable.delete(resource);
  }
}
