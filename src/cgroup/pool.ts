import { POOL_HIGH, POOL_LOW, POOL_MAX, POOL_MIN, POOL_PEAK, POOL_USAGE } from "../../assembly/abi.ts";
import { type Bytes, limitNumber, limitValue, show } from "../core/bytes.ts";
import { typeError } from "../core/errors.ts";
import * as eviction from "./eviction.ts";
import * as handover from "./handover.ts";
import { PoolCharges } from "./pool-charges.ts";
import { setMax } from "./reclaim.ts";
import { reclaimFromHolders } from "./room.ts";

/**
 * What one cgroup uses of one region, all its descendants included, and what it may use.
 *
 * A handle: the counter behind it is made on the first charge or limit, and outlives its cgroup for as long as anything
 * is charged. All amounts are whole bytes from 0 to 2^53-1. (Linux `struct dmem_cgroup_pool_state`; RFC patch 2.)
 */
export class Pool extends PoolCharges {
  /**
   * Lays `bytes` that this thread holds down for another thread to {@link adopt}. Until then they are this thread's,
   * and go back when it detaches.
   *
   * @param bytes whole bytes, 1 to {@link held}
   * @returns a ticket, good for once; it may cross `postMessage`
   * @throws {DmemError} `EINVAL` if this thread holds less; `ENOSPC` if too many tickets are open
   */
  handOver(bytes: Bytes): handover.Ticket {
    return handover.handOver(this.core, this, bytes);
  }

  /**
   * Takes over what another thread handed over: from now on this thread holds it.
   *
   * @returns how many bytes that was
   * @throws {DmemError} `EINVAL` if the ticket was adopted before, was made for another pool, or is none
   */
  adopt(ticket: handover.Ticket): Bytes {
    return handover.adopt(this.core, this, ticket);
  }

  /** How much of {@link usage} is stock: charged ahead, here and below, by all threads. */
  get stocked(): Bytes {
    return this.core.stocks.of(this.find());
  }

  /**
   * Has all stocks here and below returned, those of other threads too.
   *
   * @throws {DmemError} `EAGAIN` if a thread is at work with its stock and does not return it within 100 ms
   */
  drain(): void {
    // Stryker disable next-line ArrowFunction: nothing is as good as false
    this.core.stocks.gather(this.find(), () => false);
  }

  /** Bytes charged here and below, by everybody, stocks included. */
  get usage(): Bytes {
    return this.#read(POOL_USAGE);
  }

  /** The largest {@link usage} so far. A statistic: under contention it may miss a moment. */
  get peak(): Bytes {
    return this.#read(POOL_PEAK);
  }

  /** Bytes that are never evicted for others. `Infinity`: all. */
  get min(): Bytes {
    return limitNumber(this.#read(POOL_MIN));
  }

  set min(bytes: Bytes) {
    this.setLimit("min", limitValue(bytes, "min"));
  }

  /** Bytes that are evicted for others only when nothing unprotected is left. `Infinity`: all. */
  get low(): Bytes {
    return limitNumber(this.#read(POOL_LOW));
  }

  set low(bytes: Bytes) {
    this.setLimit("low", limitValue(bytes, "low"));
  }

  /** A mark that programs of your own may heed; the controller itself does nothing with it. */
  get high(): Bytes {
    return limitNumber(this.#read(POOL_HIGH));
  }

  set high(bytes: Bytes) {
    this.setLimit("high", limitValue(bytes, "high"));
  }

  /**
   * What may be charged here and below. `Infinity`: no limit. Set below usage, it makes this thread's callback reclaim.
   */
  get max(): Bytes {
    return this.find() === 0 ? Number.POSITIVE_INFINITY : limitNumber(this.#read(POOL_MAX));
  }

  set max(bytes: Bytes) {
    setMax(this.core, [{ pool: this, value: limitValue(bytes, "max") }]);
  }

  /**
   * Asks whoever holds memory here or below to give it back, until usage has fallen by `bytes`: threads that have a
   * `reclaim` for the region, each for what it holds itself. What is beyond its protection goes first, then what is
   * within `low`; nobody is asked for what is within `min`.
   *
   * Concurrency: the others are called to their event loops; one that does not answer in time, or dies, is passed over.
   *
   * @param bytes whole bytes; by default what usage is above {@link max}
   * @param options `timeoutMs`: how long to wait for each of them, 1000 by default
   * @returns how many bytes were given back
   * @throws {RangeError} `EINVAL` if `bytes` is not such a number
   */
  reclaim(bytes?: Bytes, options: { readonly timeoutMs?: number } = {}): Promise<Bytes> {
    return reclaimFromHolders(this.core, this, { timeoutMs: 1000, ...options, bytes });
  }

  /** The pool of the parent cgroup, `null` for the root's. */
  get parent(): Pool | null {
    return this.cgroup.parent?.presentPool(this.region) ?? null;
  }

  /**
   * What of the usage is protected, as seen from `root`; `null` or none: from the top. (RFC patch 1.)
   *
   * @throws {DmemError} `EINVAL` if `root` is neither the pool itself nor above it
   */
  effectiveProtection(root: Pool | null = null): eviction.Protection {
    return eviction.effectiveProtection(this.core, this, this.#own(root));
  }

  /**
   * Would evicting memory of this pool help when `limit` is full? `null`: when the device is.
   *
   * Cost: the depth of the tree, and at each level below the limit one step for each sibling that has a min or low.
   */
  evictValuable(limit: Pool | null, options: { readonly ignoreLow?: boolean } = {}): eviction.Value {
    return eviction.evictValuable(this.core, this, this.#own(limit), options.ignoreLow ?? false);
  }

  /**
   * Whether all its usage is within effective min, as seen from `root`; `null` or none: from the top.
   *
   * @throws {DmemError} `EINVAL` as {@link effectiveProtection}, unless the semantics are `"linux-7.3"`
   */
  belowMin(root: Pool | null = null): boolean {
    return eviction.isProtected(this.core, this, this.#own(root), false);
  }

  /**
   * Whether all its usage is within effective low, as seen from `root`; `null` or none: from the top.
   *
   * @throws {DmemError} `EINVAL` as {@link effectiveProtection}, unless the semantics are `"linux-7.3"`
   */
  belowLow(root: Pool | null = null): boolean {
    return eviction.isProtected(this.core, this, this.#own(root), true);
  }

  /** The pool where the two cgroups meet, in this pool's region; `null` if that region was unregistered. */
  commonAncestor(other: Pool): Pool | null {
    return eviction.commonAncestor(this, this.#own(other));
  }

  #read(word: number): number {
    return this.core.call.readPool(this.id || this.find(), this.use, word); // 0 of a counter that does not exist
  }

  /** Complains about a pool that another controller gave: its id means nothing here. */
  #own<T extends Pool | null>(pool: T): T {
    this.core.requireAttached();
    if (pool === null || pool?.core === this.core) return pool;
    throw typeError(`${show(pool)} is no pool of this controller.`);
  }
}
