import type { Cgroup } from "../cgroup/cgroup.ts";
import type { Pool } from "../cgroup/pool.ts";
import { type Bytes, formatBytes, show } from "../core/bytes.ts";
import { DmemError, rangeError } from "../core/errors.ts";
import { untilAborted } from "./abort.ts";
import {
  DISCARDABLE,
  FREED,
  has,
  MOVING,
  pinsIn,
  priorityIn,
  RESERVED,
  withFlag,
  withPins,
  withPriority,
} from "./buffer-flags.ts";
import type { TtmDevice } from "./device.ts";
import { PINNED, PRIORITIES, type Priority, type Rank } from "./lru.ts";
import type { Placement } from "./managers/place.ts";
import { type Allocation, PAGE_BYTES } from "./managers/resource-manager.ts";
import type { Operation } from "./operation.ts";
import { validate } from "./placing.ts";
import type { Resource } from "./resource.ts";

/** How a buffer is asked to be somewhere. */
export interface ValidateOptions {
  /** The group of whoever asks; default: the buffer's owner. */
  readonly as?: Cgroup;
  /**
   * The caller holds a ticket, as at a submission: evicting is tried again for as long as it gets on. Default false.
   */
  readonly ticket?: boolean;
}

export interface ValidateAsyncOptions extends ValidateOptions {
  /** Ends the attempt; no charge is left behind. */
  readonly signal?: AbortSignal;
}

/**
 * A piece of memory that can be in one of a device's memories, and can be moved. (Linux `struct ttm_buffer_object`)
 *
 * Every method that changes it makes it the most recently used, whether or not it succeeds.
 */
export class BufferObject {
  readonly device: TtmDevice;
  /** In pages of 4,096 bytes. */
  readonly pages: number;
  /** Whose memory it is: pays for it wherever it goes. */
  readonly owner: Cgroup;
  /** @internal */
  resource: Resource | null = null;
  /** @internal Its neighbours among the device's buffers. */
  previous: BufferObject | null = null;
  /** @internal */
  next: BufferObject | null = null;
  #flags: number;

  /** @internal */
  constructor(device: TtmDevice, options: { size: Bytes; owner: Cgroup; priority: Priority }) {
    this.device = device;
    this.pages = options.size / PAGE_BYTES;
    this.owner = options.owner;
    this.#flags = withPriority(0, options.priority);
  }

  get size(): Bytes {
    return this.pages * PAGE_BYTES;
  }

  /** Name of the memory that it is in; `null`: it has no backing. */
  get place(): string | null {
    return this.resource?.type.name ?? null;
  }

  get allocation(): Allocation | null {
    return this.resource?.allocation ?? null;
  }

  /** The pool that is charged for where it is; `null`: none. */
  get pool(): Pool | null {
    return this.resource?.pool ?? null;
  }

  /** Its contents need not be kept: if it has to go, they are given up. Default false. */
  get discardable(): boolean {
    return has(this.#flags, DISCARDABLE);
  }

  set discardable(on: boolean) {
    this.#flags = withFlag(this.#flags, DISCARDABLE, Boolean(on));
  }

  /** @internal Something is being done with it: others leave it alone. */
  get isReserved(): boolean {
    return has(this.#flags, RESERVED);
  }

  /** @internal The driver is at work on it: then it is reserved, and will not be for much longer. */
  get isMoving(): boolean {
    return has(this.#flags, MOVING);
  }

  set isMoving(on: boolean) {
    this.#flags = withFlag(this.#flags, MOVING, on);
  }

  get freed(): boolean {
    return has(this.#flags, FREED);
  }

  get pinCount(): number {
    return pinsIn(this.#flags);
  }

  /** 0 is evicted first, 3 last. */
  get priority(): Priority {
    return priorityIn(this.#flags);
  }

  set priority(priority: Priority) {
    if (!PRIORITIES.includes(priority)) throw rangeError(`A priority is 0, 1, 2 or 3, not ${show(priority)}.`);
    locked(this, () => {
      this.#flags = withPriority(this.#flags, priority);
    });
  }

  /** @internal Which list of the least recently used it belongs in. */
  get rank(): Rank {
    return this.pinCount > 0 ? PINNED : this.priority;
  }

  /**
   * Sees to it that the buffer is in one of the places, evicting others if it must. An empty placement takes its
   * backing away.
   *
   * @throws {DmemError} `ENOSPC` (or `ENOMEM`, as the device says) if there is no room that it may have; `EINVAL` if it
   *   is pinned and would have to move, or no place is usable; `EBUSY` if something else is being done with it
   */
  validate(placement: Placement, options: ValidateOptions = {}): void {
    const operation = operationFor(this, options);
    locked(this, () => this.device.runSync(validate(operation, this, this.device.usable(this, placement))));
  }

  /**
   * The same with the driver's asynchronous moves. Waits for what else is being done with the buffer.
   *
   * @throws also what `signal` was aborted with; no charge is left behind then
   */
  async validateAsync(placement: Placement, options: ValidateAsyncOptions = {}): Promise<void> {
    const operation = operationFor(this, options);
    while (this.isReserved) await untilAborted(this.idle(), options.signal);
    this.reserve();
    try {
      options.signal?.throwIfAborted();
      const walk = validate(operation, this, this.device.usable(this, placement));
      await this.device.runAsync(walk, options.signal);
      if (this.freed) throw new DmemError("ENODEV", `${this} was freed meanwhile: its device was disposed of.`);
    } finally {
      unlock(this);
    }
  }

  /** Keeps it where it is, until it is unpinned as often as it was pinned. */
  pin(): void {
    locked(this, () => {
      this.#flags = withPins(this.#flags, this.pinCount + 1);
    });
  }

  /** @throws {DmemError} `EINVAL` if it is not pinned */
  unpin(): void {
    if (this.pinCount === 0) throw new DmemError("EINVAL", `${this} is not pinned.`);
    locked(this, () => {
      this.#flags = withPins(this.#flags, this.pinCount - 1);
    });
  }

  /** Makes it the most recently used. */
  touch(): void {
    locked(this, () => {});
  }

  /**
   * Gives its memory and its charge back. It cannot be used any more.
   *
   * @throws {DmemError} `EINVAL` if it was freed before; `EBUSY` if something else is being done with it
   */
  free(): void {
    this.reserve();
    this.discard();
  }

  /** @internal Frees it whatever is being done with it: its device goes. */
  discard(): void {
    if (this.freed) return;
    this.#flags = withFlag(this.#flags, FREED, true);
    this.dropResource();
    this.device.forget(this);
    this.release(); // whoever waits for it hears that it is gone
  }

  /** @internal */
  dropResource(): void {
    this.resource?.release();
    this.resource = null;
  }

  /** @internal */
  replaceResource(resource: Resource): void {
    this.dropResource();
    if (this.freed) resource.release();
    else this.resource = resource;
  }

  toString(): string {
    return `A buffer of ${formatBytes(this.size)} of "${this.owner.path}"`;
  }

  /** @internal */
  requireIdle(): void {
    if (this.freed) throw new DmemError("EINVAL", `${this} was freed.`);
    if (this.isReserved) throw new DmemError("EBUSY", `${this} is being moved.`);
  }

  /** @internal Keeps others from it. */
  reserve(): void {
    this.requireIdle();
    this.#flags = withFlag(this.#flags, RESERVED, true);
  }

  /** @internal Settles when nothing is done with it any more, for a moment at least. */
  idle(): Promise<void> {
    return this.isReserved ? this.device.waiters.wait(this) : Promise.resolve();
  }

  /** @internal Whoever waits for it may have it. */
  release(): void {
    this.#flags = withFlag(this.#flags, RESERVED, false);
    this.device.waiters.call(this);
  }
}

// Functions instead of private methods: a class with those costs a field more in every object.

function operationFor(bo: BufferObject, { as = bo.owner, ticket = false, signal }: ValidateAsyncOptions): Operation {
  return { device: bo.device, as, ticket, signal };
}

function locked<T>(bo: BufferObject, change: () => T): T {
  bo.reserve();
  try {
    return change();
  } finally {
    unlock(bo);
  }
}

/** Whoever waits for it may have it, as the most recently used. */
function unlock(bo: BufferObject): void {
  bo.release();
  if (bo.resource !== null) bo.resource.type.lru.append(bo.resource);
}
