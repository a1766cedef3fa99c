import { DmemError } from "../../src/core/errors.ts";
import type { Placement } from "../../src/ttm/index.ts";
import { isConsidered, ReferenceEviction } from "./ttm-eviction.ts";
import {
  type Aim,
  type NewBuffer,
  ReferenceBuffer,
  type ReferenceDriver,
  type ReferenceMemory,
  type Request,
} from "./ttm-memory.ts";
import { type Limit, type ReferencePool, UNLIMITED } from "./ttm-pool.ts";

export interface ReferenceOptions {
  readonly semantics: "intended" | "linux-7.3";
  readonly memories: readonly ReferenceMemory[];
  readonly driver: ReferenceDriver;
  readonly noSpace: "ENOSPC" | "ENOMEM";
}

/**
 * A device with budgets for memories, plainly: what test/fixtures/ttm-linux-7.3/FORMAT.md says in sections 3 to 7, and
 * where the intended semantics differ. One list of everything for each memory and priority, on which every buffer is
 * asked.
 */
export class ReferenceDevice extends ReferenceEviction {
  readonly #isLinux: boolean;
  readonly #noSpace: "ENOSPC" | "ENOMEM";

  constructor({ semantics, memories, driver, noSpace }: ReferenceOptions) {
    super(memories, { isLinux: semantics === "linux-7.3", driver });
    this.#isLinux = semantics === "linux-7.3";
    this.#noSpace = noSpace;
  }

  create(options: NewBuffer, placement: Placement, request: Request): ReferenceBuffer {
    const bo = new ReferenceBuffer(options);
    this.validate(bo, placement, request);
    return bo;
  }

  validate(bo: ReferenceBuffer, placement: Placement, request: Request): void {
    this.#lock(bo, () => this.#validate(bo, placement, request));
  }

  pin(bo: ReferenceBuffer): void {
    this.#lock(bo, () => bo.pinCount++);
  }

  unpin(bo: ReferenceBuffer): void {
    if (bo.pinCount === 0) throw new DmemError("EINVAL", "It is not pinned.");
    this.#lock(bo, () => bo.pinCount--);
  }

  touch(bo: ReferenceBuffer): void {
    this.#lock(bo, () => {});
  }

  moveToTail(buffers: readonly ReferenceBuffer[]): void {
    if (buffers.some(({ freed }) => freed)) throw new DmemError("EINVAL", "One was freed.");
    for (const bo of buffers) this.touch(bo);
  }

  setPriority(bo: ReferenceBuffer, priority: number): void {
    this.#lock(bo, () => {
      bo.priority = priority;
    });
  }

  free(bo: ReferenceBuffer): void {
    if (bo.freed) throw new DmemError("EINVAL", "It was freed before.");
    bo.freed = true;
    this.drop(bo);
  }

  /** Section 7.6. */
  setLimit(
    memory: ReferenceMemory,
    pool: ReferencePool,
    { limit, bytes, nonblock }: { limit: Limit; bytes: number; nonblock: boolean },
  ): void {
    pool.limits[limit] = Math.min(bytes, UNLIMITED);
    if (limit !== "max" || nonblock) return;
    for (let fruitless = 0; pool.usage > bytes && fruitless <= 16; ) {
      if (this.#reclaim(memory, pool, pool.usage - bytes) === 0) fruitless++;
    }
  }

  evictAll(memory: ReferenceMemory): void {
    for (const { bo } of memory.lists.flat()) this.evict(bo, this.#nobody);
  }

  swapOut(bytes: number, from: ReferenceMemory, to: string): number {
    let moved = 0;
    for (const slot of from.lists.flat()) {
      const { bo } = slot;
      if (moved < bytes && bo.slot === slot && this.evictTo(bo, [{ type: to, desired: true }], this.#nobody))
        moved += bo.size;
    }
    return moved;
  }

  /** What nobody in particular asks for. */
  get #nobody(): Request {
    return { as: this.root, ticket: false };
  }

  /** Successful or not, the buffer is the most recently used in the end. */
  #lock(bo: ReferenceBuffer, act: () => void): void {
    if (bo.freed) throw new DmemError("EINVAL", "It was freed.");
    bo.reserved = true;
    try {
      act();
    } finally {
      bo.reserved = false;
      if (bo.slot !== null) this.append(bo.slot);
    }
  }

  /** Section 7.3, for a request from outside. */
  #validate(bo: ReferenceBuffer, placement: Placement, request: Request): void {
    if (placement.length === 0) {
      this.drop(bo);
      return;
    }
    if (!this.#isLinux && !this.#isUsable(bo, placement)) throw new DmemError("EINVAL", "No place is usable.");
    for (const force of [false, true]) {
      const places = placement.filter((place) => isConsidered(place, force));
      if (places.some(({ type }) => type === bo.slot?.memory.name)) return;
      if (bo.pinCount > 0) throw new DmemError("EINVAL", "It is pinned.");
      const slot = this.find(bo, places, { ...request, force });
      if (slot !== null) {
        this.move(bo, slot, false);
        return;
      }
    }
    throw new DmemError(this.#noSpace, "There is no room.");
  }

  #reclaim(memory: ReferenceMemory, pool: ReferencePool, bytes: number): number {
    let evicted = 0;
    const aim: Aim = {
      memory,
      request: this.#nobody,
      mayIgnoreLow: true,
      limitFor: () => pool,
      spares: () => false,
      isReached: (bo) => {
        evicted += bo.size;
        return evicted >= bytes;
      },
    };
    this.evictFor(aim, true);
    return evicted;
  }

  #isUsable({ pages }: ReferenceBuffer, placement: Placement): boolean {
    return placement.some(({ type }) => pages <= (this.memories.get(type)?.pages ?? 0));
  }
}
