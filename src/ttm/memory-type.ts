import type { Region } from "../cgroup/region.ts";
import { Lru, type LruClock } from "./lru.ts";
import type { ResourceManager } from "./managers/resource-manager.ts";

/** One of a device's memories: who hands out its space, which region accounts it, and who used it how lately. */
export class MemoryType {
  readonly name: string;
  readonly manager: ResourceManager;
  /** `null`: not accounted. */
  readonly region: Region | null;
  readonly lru: Lru;
  /** Counts what was charged here and what was given back: what was within its protection before need not be after. */
  changes = 0;

  /** @param clock the device's: all its memories have the same */
  constructor(name: string, memory: { manager: ResourceManager; region?: Region }, clock: LruClock) {
    this.name = name;
    this.manager = memory.manager;
    this.region = memory.region ?? null;
    this.lru = new Lru(this, clock);
  }

  isAccounted(): this is MemoryType & { readonly region: Region } {
    return this.region !== null;
  }

  /** Memory that never runs out: nothing is ever evicted from it to make room. */
  get isUnlimited(): boolean {
    return this.manager.pages === Number.POSITIVE_INFINITY;
  }
}
