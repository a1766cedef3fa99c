import type { ReferenceBuffer, ReferenceMemory, Slot } from "./ttm-memory.ts";
import { ReferenceGroup, ReferencePool, UNLIMITED } from "./ttm-pool.ts";

/** Which buffers are where, in which order they were used, and who is charged for them. */
export class ReferencePlaces {
  readonly root = new ReferenceGroup("", null);
  readonly memories: ReadonlyMap<string, ReferenceMemory>;
  /** What is pinned somewhere. */
  readonly unevictable: Slot[] = [];
  #clock = 0;

  constructor(memories: readonly ReferenceMemory[]) {
    this.memories = new Map(memories.map((memory) => [memory.name, memory]));
    this.#addPools(this.root);
  }

  mkdir(name: string, parent: ReferenceGroup): ReferenceGroup {
    const group = new ReferenceGroup(name, parent);
    this.#addPools(group);
    return group;
  }

  rmdir(group: ReferenceGroup): void {
    group.removed = true;
    for (const { pools } of this.memories.values()) {
      Object.assign(pools.get(group)?.limits ?? {}, { min: 0, low: 0, max: UNLIMITED });
    }
  }

  protected drop(bo: ReferenceBuffer): void {
    if (bo.slot !== null) this.release(bo.slot);
    bo.slot = null;
  }

  protected release(slot: Slot): void {
    this.#forget(slot);
    slot.memory.usedPages -= slot.bo.pages;
    slot.pool?.uncharge(slot.bo.size);
  }

  /** Makes it the most recently used; what is pinned is out of reach. */
  protected append(slot: Slot): Slot {
    this.#forget(slot);
    slot.stamp = ++this.#clock;
    (slot.bo.pinCount > 0 ? this.unevictable : slot.memory.lists[slot.bo.priority])?.push(slot);
    return slot;
  }

  #forget(slot: Slot): void {
    slot.memory.remove(slot);
    if (this.unevictable.includes(slot)) this.unevictable.splice(this.unevictable.indexOf(slot), 1);
  }

  #addPools(group: ReferenceGroup): void {
    for (const { pools } of this.memories.values()) {
      pools.set(group, new ReferencePool(group, (group.parent && pools.get(group.parent)) ?? null));
    }
  }
}
