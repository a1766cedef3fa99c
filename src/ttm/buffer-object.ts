import type { Cgroup } from "../cgroup/cgroup.ts";
import type { Pool } from "../cgroup/pool.ts";
import { type Bytes, formatBytes, show } from "../core/bytes.ts";
import { DmemError, rangeError } from "../core/errors.ts";
import { untilAborted } from "./abort.ts";
import type { TtmDevice } from "./device.ts";
import { PRIORITIES, type Priority } from "./lru.ts";
import type { Operation } from "./operation.ts";
import type { Placement } from "./place.ts";
import { validate } from "./placing.ts";
import type { Resource } from "./resource.ts";
import { type Allocation, PAGE_BYTES } from "./resource-manager.ts";

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
  /** Its contents need not be kept: if it has to go, they are given up. Default false. */
  discardable = false;
  /** @internal */
  resource: Resource | null = null;
  /** @internal Something is being done with it: others leave it alone. */
  isReserved = false;
  /** @internal The driver is at work on it: then it is reserved, and will not be for much longer. */
  isMoving = false;
  #priority: Priority;
  #pinCount = 0;
  #isFreed = false;
  readonly #waiting: (() => void)[] = [];

  /** @internal */
  constructor(device: TtmDevice, options: { size: Bytes; owner: Cgroup; priority: Priority }) {
    this.device = device;
    this.pages = options.size / PAGE_BYTES;
    this.owner = options.owner;
    this.#priority = options.priority;
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

  get pinCount(): number {
    return this.#pinCount;
  }

  get freed(): boolean {
    return this.#isFreed;
  }

  /** 0 is evicted first, 3 last. */
  get priority(): Priority {
    return this.#priority;
  }

  set priority(priority: Priority) {
    if (!PRIORITIES.includes(priority)) throw rangeError(`A priority is 0, 1, 2 or 3, not ${show(priority)}.`);
    this.#lock(() => {
      this.#priority = priority;
    });
  }

  /**
   * Sees to it that the buffer is in one of the places, evicting others if it must. An empty placement takes its
   * backing away.
   *
   * @throws {DmemError} `ENOSPC` (or `ENOMEM`, as the device says) if there is no room that it may have; `EINVAL` if it
   *   is pinned and would have to move, or no place is usable; `EBUSY` if something else is being done with it
   */
  validate(placement: Placement, options: ValidateOptions = {}): void {
    const operation = this.#operation(options);
    this.#lock(() => this.device.runSync(validate(operation, this, this.device.usable(this, placement))));
  }

  /**
   * The same with the driver's asynchronous moves. Waits for what else is being done with the buffer.
   *
   * @throws also what `signal` was aborted with; no charge is left behind then
   */
  async validateAsync(placement: Placement, options: ValidateAsyncOptions = {}): Promise<void> {
    const operation = this.#operation(options);
    while (this.isReserved) await untilAborted(this.idle(), options.signal);
    this.reserve();
    try {
      options.signal?.throwIfAborted();
      const walk = validate(operation, this, this.device.usable(this, placement));
      await this.device.runAsync(walk, options.signal);
      if (this.#isFreed) throw new DmemError("ENODEV", `${this} was freed meanwhile: its device was disposed of.`);
    } finally {
      this.#unlock();
    }
  }

  /** Keeps it where it is, until it is unpinned as often as it was pinned. */
  pin(): void {
    this.#lock(() => {
      this.#pinCount++;
    });
  }

  /** @throws {DmemError} `EINVAL` if it is not pinned */
  unpin(): void {
    if (this.#pinCount === 0) throw new DmemError("EINVAL", `${this} is not pinned.`);
    this.#lock(() => {
      this.#pinCount--;
    });
  }

  /** Makes it the most recently used. */
  touch(): void {
    this.#lock(() => {});
  }

  /**
   * Gives its memory and its charge back. It cannot be used any more.
   *
   * @throws {DmemError} `EINVAL` if it was freed before; `EBUSY` if something else is being done with it
   */
  free(): void {
    this.reserve();
    this.#discard();
  }

  /** @internal Frees it whatever is being done with it: its device goes. */
  discard(): void {
    if (!this.#isFreed) this.#discard();
  }

  /** @internal */
  dropResource(): void {
    this.resource?.release();
    this.resource = null;
  }

  /** @internal */
  replaceResource(resource: Resource): void {
    this.dropResource();
    if (this.#isFreed) resource.release();
    else this.resource = resource;
  }

  toString(): string {
    return `A buffer of ${formatBytes(this.size)} of "${this.owner.path}"`;
  }

  #operation(options: ValidateAsyncOptions): Operation {
    const { as = this.owner, ticket = false, signal } = options;
    return { device: this.device, as, ticket, signal };
  }

  #discard(): void {
    this.#isFreed = true;
    this.dropResource();
    this.device.forget(this);
    this.release(); // whoever waits for it hears that it is gone
  }

  #lock<T>(change: () => T): T {
    this.reserve();
    try {
      return change();
    } finally {
      this.#unlock();
    }
  }

  /** @internal */
  requireIdle(): void {
    if (this.#isFreed) throw new DmemError("EINVAL", `${this} was freed.`);
    if (this.isReserved) throw new DmemError("EBUSY", `${this} is being moved.`);
  }

  /** @internal Keeps others from it. */
  reserve(): void {
    this.requireIdle();
    this.isReserved = true;
  }

  /** @internal Settles when nothing is done with it any more, for a moment at least. */
  idle(): Promise<void> {
    return this.isReserved ? new Promise((wake) => this.#waiting.push(wake)) : Promise.resolve();
  }

  /** @internal Whoever waits for it may have it. */
  release(): void {
    this.isReserved = false;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** The same, as the most recently used. */
  #unlock(): void {
    this.release();
    if (this.resource !== null) this.resource.type.touch(this.resource);
  }
}
