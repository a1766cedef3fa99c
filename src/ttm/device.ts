import { RULE_EVICTOR_PAYS, RULE_HOPELESS_REQUEST_EVICTS } from "../../assembly/abi.ts";
import type { Cgroup } from "../cgroup/cgroup.ts";
import type { Dmem } from "../cgroup/dmem.ts";
import type { Pool } from "../cgroup/pool.ts";
import type { Reclaim, Region } from "../cgroup/region.ts";
import { type Bytes, isBytes, show } from "../core/bytes.ts";
import { DmemError, rangeError, typeError } from "../core/errors.ts";
import { BufferList } from "./buffer-list.ts";
import { BufferObject, type ValidateAsyncOptions, type ValidateOptions } from "./buffer-object.ts";
import { type Driver, runAsync, runSync } from "./drive.ts";
import { evict, reclaimFrom, swapOut } from "./eviction.ts";
import { byAge, PINNED, PRIORITIES, type Priority } from "./lru.ts";
import type { Placement } from "./managers/place.ts";
import { PAGE_BYTES, type ResourceManager } from "./managers/resource-manager.ts";
import { MemoryType } from "./memory-type.ts";
import type { Operation, Walk } from "./operation.ts";
import { type AccountedType, leaveRegions, takeRegions } from "./region-callbacks.ts";
import { requireUsable } from "./usable-placement.ts";
import { Waiters } from "./waiters.ts";

/** A device's memory: its manager, and the region that accounts it; without one it is not accounted. */
export interface Memory {
  readonly manager: ResourceManager;
  readonly region?: Region;
}

export interface TtmDeviceOptions {
  readonly dmem: Dmem;
  /** By name: `"vram"`, `"tt"`, `"system"`, …; what a place's `type` means. */
  readonly memories: Readonly<Record<string, Memory>>;
  readonly driver: Driver;
  /** What a request gets that finds no room. Default `"ENOSPC"`. */
  readonly noSpace?: "ENOSPC" | "ENOMEM";
}

export interface BufferOptions {
  /** In bytes: whole pages of 4,096, at least one. */
  readonly size: Bytes;
  /** Whose it is. */
  readonly owner: Cgroup;
  /** Where it is to be. */
  readonly placement: Placement;
  /** 0 (default) is evicted first, 3 last. */
  readonly priority?: Priority;
}

/**
 * A device whose memories are shared: buffers are placed, moved and evicted with respect to the groups that own them.
 *
 * It holds no memory itself. The driver moves contents; the device decides what goes where. (Linux drivers/gpu/drm/ttm;
 * RFC patch 3)
 *
 * Concurrency: belongs to one thread. Its asynchronous calls may overlap; a buffer that is being moved is left alone.
 */
export class TtmDevice {
  readonly dmem: Dmem;
  /** @internal */
  readonly waiters = new Waiters();
  readonly #types = new Map<string, MemoryType>();
  readonly #buffers = new BufferList();
  readonly #driver: Driver;
  readonly #noSpace: "ENOSPC" | "ENOMEM";
  #isDisposed = false;

  constructor(options: TtmDeviceOptions) {
    this.dmem = options.dmem;
    this.#driver = options.driver;
    this.#noSpace = options.noSpace ?? "ENOSPC";
    const clock = { now: 0 };
    for (const [name, memory] of Object.entries(options.memories)) {
      this.#types.set(name, new MemoryType(name, memory, clock));
    }
    takeRegions(this.#accounted(), (type) => this.#reclaimFor(type));
  }

  /**
   * Makes a buffer and places it.
   *
   * @throws as {@link BufferObject.validate}; the buffer does not exist then
   */
  create(options: BufferOptions & ValidateOptions): BufferObject {
    const bo = this.#make(options);
    try {
      bo.validate(options.placement, options);
    } catch (error) {
      bo.discard();
      throw error;
    }
    return bo;
  }

  /** The same with the driver's asynchronous moves. */
  async createAsync(options: BufferOptions & ValidateAsyncOptions): Promise<BufferObject> {
    const bo = this.#make(options);
    try {
      await bo.validateAsync(options.placement, options);
    } catch (error) {
      bo.discard();
      throw error;
    }
    return bo;
  }

  #make({ size, owner, priority = 0 }: BufferOptions): BufferObject {
    if (this.#isDisposed) throw new DmemError("ENODEV", "This device was disposed of.");
    if (typeof owner?.pool !== "function") throw typeError(`A buffer's owner is a cgroup, not ${show(owner)}.`);
    if (!isBytes(size) || size === 0 || size % PAGE_BYTES !== 0) {
      throw rangeError(`A buffer has whole pages of ${PAGE_BYTES} bytes, at least one, not ${show(size)} bytes.`);
    }
    if (!PRIORITIES.includes(priority)) throw rangeError(`A priority is 0, 1, 2 or 3, not ${show(priority)}.`);
    const bo = new BufferObject(this, { size, owner, priority });
    this.#buffers.append(bo);
    return bo;
  }

  /** All buffers, in order of creation. */
  get buffers(): readonly BufferObject[] {
    return [...this.#buffers];
  }

  /** The buffers in a memory that may be evicted, by priority 0 to 3, each from the least recently used. */
  lru(type: string): readonly (readonly BufferObject[])[] {
    const { lru } = this.#requireType(type);
    return PRIORITIES.map((priority) => lru.entries(priority).map(({ bo }) => bo));
  }

  /** The pinned buffers that are somewhere, in the order in which they came to be out of reach. */
  get unevictable(): readonly BufferObject[] {
    const pinned = [...this.#types.values()].flatMap(({ lru }) => lru.entries(PINNED));
    return pinned.sort(byAge).map(({ bo }) => bo);
  }

  usedPages(type: string): number {
    return this.#requireType(type).manager.usedPages;
  }

  /**
   * Makes buffers the most recently used, in this order: a tenant's working set at once (a bulk move, in the kernel's
   * words).
   *
   * @throws {DmemError} `EINVAL` if one was freed; `EBUSY` if something is being done with one. None is moved then
   */
  moveToTail(buffers: Iterable<BufferObject>): void {
    const all = [...buffers];
    for (const bo of all) bo.requireIdle();
    for (const bo of all) bo.touch();
  }

  /**
   * Evicts from below `pool`, in this device's memory that the pool's region accounts, until its usage is within `max`;
   * as lowering `max` does by itself where the driver moves synchronously.
   *
   * @returns how many bytes were evicted
   */
  async reclaimAsync(pool: Pool, signal?: AbortSignal): Promise<Bytes> {
    const type = this.#accounted().find(({ region }) => region === pool.region);
    if (type === undefined) throw new DmemError("EINVAL", `This device has no memory that ${pool.region} accounts.`);
    const bytes = pool.usage - pool.max;
    return bytes <= 0 ? 0 : this.runAsync(reclaimFrom(this.#operation(signal), type, { pool, bytes }), signal);
  }

  /**
   * Moves at least `bytes` of what was used least recently from one memory to another, whoever it belongs to: from
   * system memory to a swap file, when the system is short of it.
   *
   * @returns how many bytes went; less than asked for if the rest cannot go
   */
  swapOut(bytes: Bytes, from: string, to: string): Bytes {
    this.#requireType(to);
    return this.runSync(swapOut(this.#operation(), this.#requireType(from), { bytes, to }));
  }

  /** Evicts everything that is in a memory and not pinned, whoever it belongs to: before a suspend. */
  evictAll(type: string): void {
    for (const bo of this.lru(type).flat()) if (!bo.isReserved) this.runSync(evict(this.#operation(), bo));
  }

  /** Frees all buffers and gives up the regions' reclaim callbacks. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    for (const bo of this.buffers) bo.discard();
    leaveRegions(this.#accounted());
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** @internal */
  get evictorPays(): boolean {
    return this.dmem.follows(RULE_EVICTOR_PAYS);
  }

  /** @internal */
  get hopelessRequestsEvict(): boolean {
    return this.dmem.follows(RULE_HOPELESS_REQUEST_EVICTS);
  }

  /** @internal */
  type(name: string): MemoryType | undefined {
    return this.#types.get(name);
  }

  /** @internal */
  evictionPlacement(bo: BufferObject): Placement {
    return bo.discardable ? [] : this.#driver.evictionPlacement(bo);
  }

  /**
   * @internal Where an evicted buffer goes if its placement fails, its owner being over a limit there: further down.
   */
  further(bo: BufferObject, placement: Placement): Placement {
    // Stryker disable next-line ArrayDeclaration: a place that there is not
    if (this.evictorPays) return [];
    const names = [...this.#types.keys()];
    const below = names.slice(names.indexOf(bo.place as string) + 1);
    // Stryker disable next-line MethodExpression,ConditionalExpression: only quicker: it was tried there
    return below.filter((name) => placement.every(({ type }) => type !== name)).map((type) => ({ type }));
  }

  /**
   * @internal Complains about a placement that cannot be fulfilled whatever is evicted, unless the rule is to try all
   * the same.
   */
  usable(bo: BufferObject, placement: Placement): Placement {
    if (!Array.isArray(placement) || placement.some((place) => typeof place?.type !== "string")) {
      throw typeError("A placement is an array of places, each with a type: the name of a memory.");
    }
    if (placement.length === 0 || this.hopelessRequestsEvict) return placement;
    requireUsable(bo.pages, placement, this.#types);
    return placement;
  }

  /** @internal */
  noSpaceError(bo: BufferObject, placement: Placement): DmemError {
    const places = placement.map(({ type }) => type).join(", ");
    return new DmemError(this.#noSpace, `${bo} found no room in ${places} that it may have.`);
  }

  /** @internal */
  forget(bo: BufferObject): void {
    this.#buffers.remove(bo);
  }

  /** @internal */
  runSync<T>(walk: Walk<T>): T {
    return runSync(walk, this.#driver);
  }

  /** @internal */
  runAsync<T>(walk: Walk<T>, signal?: AbortSignal): Promise<T> {
    return runAsync(walk, this.#driver, signal);
  }

  #accounted(): AccountedType[] {
    return [...this.#types.values()].filter((type) => type.isAccounted());
  }

  /** Has limits of the region that are lowered bring usage down here. */
  #reclaimFor(type: MemoryType): Reclaim {
    return (pool, bytes) =>
      this.runSync(reclaimFrom(this.#operation(), type, { pool, bytes })) > 0 ? undefined : "ENOSPC";
  }

  /** What nobody in particular asks for. */
  #operation(signal?: AbortSignal): Operation {
    // Stryker disable next-line BooleanLiteral: there is no request here that could be tried again
    return { device: this, as: this.dmem.root, ticket: false, signal };
  }

  #requireType(name: string): MemoryType {
    const type = this.#types.get(name);
    if (type !== undefined) return type;
    throw new DmemError("EINVAL", `This device has ${[...this.#types.keys()].join(", ")}, but no ${show(name)}.`);
  }
}
