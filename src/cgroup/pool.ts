import {
  BAD_ID,
  COLLECTABLE,
  NOT_HELD,
  OK,
  POOL_HIGH,
  POOL_LOW,
  POOL_MAX,
  POOL_MIN,
  POOL_PEAK,
  POOL_USAGE,
  RULE_UNCHARGE_CLAMPS,
} from "../../assembly/abi.ts";
import { type Bytes, formatBytes, limitNumber, limitValue, requireBytes, show } from "../core/bytes.ts";
import { DmemError, typeError } from "../core/errors.ts";
import { statusError } from "../core/status.ts";
import type { Cgroup } from "./cgroup.ts";
import * as eviction from "./eviction.ts";
import * as handover from "./handover.ts";
import { PoolRecord } from "./pool-record.ts";
import { setMax } from "./reclaim.ts";

/**
 * What one cgroup uses of one region, all its descendants included, and what it may use.
 *
 * A handle: the counter behind it is made on the first charge or limit, and outlives its cgroup for as long as anything
 * is charged. All amounts are whole bytes from 0 to 2^53-1. (Linux `struct dmem_cgroup_pool_state`; RFC patch 2.)
 */
export class Pool extends PoolRecord {
  /**
   * Charges `bytes` to this pool and to every ancestor, or to none of them.
   *
   * The charge is taken first and given back if an ancestor refuses, so that a racing smaller charge near the limit may
   * be refused although it would have fitted.
   *
   * Concurrency: any thread; never blocks, but for the first charge of a thread to a pool. Cost: one atomic add a
   * level.
   *
   * @param bytes whole bytes, 0 to 2^53-1
   * @returns `null` once everything is charged, otherwise the pool whose `max` was hit
   * @throws {RangeError} `EINVAL` if `bytes` is not such a number
   * @throws {DmemError} `ENODEV` if the cgroup was removed or the region unregistered; `ENOSPC` if the arena has no
   *   room for the counter
   */
  tryCharge(bytes: Bytes): Pool | null {
    const result = this.core.call.tryCharge(this.book, this.use, bytes);
    return result === OK ? null : this.#tryChargeFurther(result, bytes);
  }

  #tryChargeFurther(result: number, bytes: Bytes): Pool | null {
    if (result > 0) return this.#ancestor(result);
    this.#prepare(result, bytes);
    return this.tryCharge(bytes);
  }

  /**
   * Charges `bytes` whatever the limits say, for memory that is in use already.
   *
   * Concurrency and cost as {@link tryCharge}.
   *
   * @param bytes whole bytes, 0 to 2^53-1
   * @throws as {@link tryCharge}; {DmemError} `EINVAL` if a counter would pass 2^53-1 bytes
   */
  charge(bytes: Bytes): void {
    const result = this.core.call.charge(this.book, this.use, bytes);
    if (result === OK) return;
    this.#prepare(result, bytes);
    this.charge(bytes);
  }

  /**
   * Returns `bytes` that this thread charged or adopted here. Also works when the cgroup or the region is gone.
   *
   * @param bytes whole bytes, 0 to {@link held}
   * @throws {DmemError} `EINVAL` if this thread holds less
   */
  uncharge(bytes: Bytes): void {
    const result = this.core.call.uncharge(this.book, this.use, bytes);
    if (result === OK) return;
    if (result === COLLECTABLE) this.#collect();
    else this.#unchargeFurther(result, bytes);
  }

  #unchargeFurther(result: number, bytes: Bytes): void {
    requireBytes(bytes, "An amount");
    if (result === BAD_ID && this.book === 0) {
      if (bytes === 0) return;
      if (this.core.follows(RULE_UNCHARGE_CLAMPS) && this.find() !== 0) {
        this.book = this.account();
        this.uncharge(bytes);
        return;
      }
    }
    if (result !== NOT_HELD && this.book !== 0) throw statusError(result, this.subject);
    throw new DmemError(
      "EINVAL",
      `This thread holds ${formatBytes(this.held)} of ${this.subject}; it cannot return ${formatBytes(bytes)}.`,
    );
  }

  /** Bytes that this thread has charged or adopted here and not yet returned or handed over. */
  get held(): Bytes {
    this.core.requireAttached();
    return this.book === 0 ? 0 : this.core.call.held(this.book, this.use);
  }

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

  /** Bytes charged here and below, by everybody. */
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

  /** The pool of the parent cgroup, `null` for the root's. */
  get parent(): Pool | null {
    return this.cgroup.parent?.presentPool(this.region) ?? null;
  }

  /** What of the usage is protected, as seen from `root`; `null` or none: from the top. (RFC patch 1.) */
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

  /** Whether all its usage is within effective min, as seen from `root`; `null` or none: from the top. */
  belowMin(root: Pool | null = null): boolean {
    return eviction.isProtected(this.core, this, this.#own(root), false);
  }

  /** Whether all its usage is within effective low, as seen from `root`; `null` or none: from the top. */
  belowLow(root: Pool | null = null): boolean {
    return eviction.isProtected(this.core, this, this.#own(root), true);
  }

  /** The pool where the two cgroups meet, in this pool's region; `null` if that region was unregistered. */
  commonAncestor(other: Pool): Pool | null {
    return eviction.commonAncestor(this, this.#own(other));
  }

  #read(word: number): number {
    const id = this.id || this.find();
    return id === 0 ? 0 : this.core.call.readPool(id, this.use, word);
  }

  /** Complains about a pool that another controller gave: its id means nothing here. */
  #own<T extends Pool | null>(pool: T): T {
    this.core.requireAttached();
    if (pool === null || (pool instanceof Pool && pool.core === this.core)) return pool;
    throw typeError(`${show(pool)} is no pool of this controller.`);
  }

  /** The handle of this pool or the one above it that has this id. */
  #ancestor(id: number): Pool {
    for (let cgroup: Cgroup | null = this.cgroup; cgroup !== null; cgroup = cgroup.parent) {
      const pool = cgroup.poolWithId(this.region, id);
      if (pool !== null) return pool;
    }
    return this; // its cgroup was removed in this moment, so nothing more exact can be said
  }

  /** After a charge that did not happen: opens the account if that was missing, otherwise throws why not. */
  #prepare(result: number, bytes: Bytes): void {
    requireBytes(bytes, "An amount");
    if (result === BAD_ID && this.book === 0) {
      this.account();
      return;
    }
    if (this.id !== 0) this.#collect();
    throw statusError(result, this.subject);
  }

  #collect(): void {
    this.core.change(() => this.core.call.collect(this.core.agent, this.id), this.subject);
  }
}
