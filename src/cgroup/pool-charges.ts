import { BATCH_MAX, BUSY, COLLECTABLE, NOT_HELD, OK, RULE_UNCHARGE_CLAMPS } from "../../assembly/abi.ts";
import { type Bytes, formatBytes, isBytes, requireBytes, show } from "../core/bytes.ts";
import { DmemError, rangeError } from "../core/errors.ts";
import { statusError } from "../core/status.ts";
import { Stock } from "../core/stock.ts";
import type { Cgroup } from "./cgroup.ts";
import type { Pool } from "./pool.ts";
import { PoolRecord } from "./pool-record.ts";

/** A pool as what is charged to it: what this thread does all day. */
export abstract class PoolCharges extends PoolRecord {
  /**
   * Charges `bytes` to this pool and to every ancestor, or to none of them.
   *
   * The charge is taken first and given back if an ancestor refuses, so that a racing smaller charge near the limit may
   * be refused although it would have fitted.
   *
   * Concurrency: any thread; never blocks, but for the first charge of a thread to a pool. With stocks ({@link stock})
   * a charge that would be refused has them returned first, and waits up to 100 ms for threads that are at work with
   * theirs. Cost: one atomic add a level; none from a stock.
   *
   * @param bytes whole bytes, 0 to 2^53-1
   * @returns `null` once everything is charged, otherwise the pool whose `max` was hit
   * @throws {RangeError} `EINVAL` if `bytes` is not such a number
   * @throws {DmemError} `ENODEV` if the cgroup was removed or the region unregistered; `ENOSPC` if the arena has no
   *   room for the counter; `EAGAIN` if it would only fit with a stock that another thread has not returned in time
   */
  tryCharge(bytes: Bytes): Pool | null {
    const { ahead } = this;
    // Stryker disable ConditionalExpression: only quicker: the core knows the stock, too, and takes any amount
    // biome-ignore lint/complexity/useOptionalChain: its result would have to be told from undefined, each time
    if (ahead !== null && ahead.take(bytes)) return null;
    const result =
      ahead === null && bytes >>> 0 === bytes ? this.call.tryCharge(this.book, this.use, bytes) : this.#attempt(bytes);
    // Stryker restore ConditionalExpression
    return result === OK ? null : this.#tryChargeFurther(result, bytes);
  }

  /** One try for any amount, with a refill of the stock if one is kept. */
  #attempt(bytes: Bytes): number {
    const { call, stocks } = this.core;
    if (this.ahead === null) return call.tryChargeLarge(this.book, this.use, bytes);
    stocks.pickedUp(this.ahead);
    return call.tryChargeAhead(this.book, this.use, bytes);
  }

  #tryChargeFurther(refusal: number, bytes: Bytes): Pool | null {
    const { stocks } = this.core;
    const attempt = () => this.#attempt(bytes);
    let result = refusal;
    // Stryker disable next-line ConditionalExpression,LogicalOperator,EqualityOperator: only quicker
    if (result > 0 && stocks.exist) result = stocks.regain(result, { bytes, attempt });
    if (result > 0 && this.core.recovery.lookIfDue()) result = attempt();
    if (result > 0) return this.#ancestor(result);
    if (result === OK) return null;
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
    const result = this.call.charge(this.book, this.use, bytes);
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
    const { ahead } = this;
    // Stryker disable ConditionalExpression: only quicker: the core knows the stock, too, and takes any amount
    // biome-ignore lint/complexity/useOptionalChain: its result would have to be told from undefined, each time
    if (ahead !== null && ahead.put(bytes)) return;
    const result =
      ahead === null && bytes >>> 0 === bytes
        ? this.call.uncharge(this.book, this.use, bytes)
        : this.#attemptUncharge(bytes);
    // Stryker restore ConditionalExpression
    if (result === OK) return;
    if (result === COLLECTABLE) this.core.collect(this.id);
    else this.#unchargeFurther(result, bytes);
  }

  #attemptUncharge(bytes: Bytes): number {
    const { call, stocks } = this.core;
    if (this.ahead === null) return call.unchargeLarge(this.book, this.use, bytes);
    stocks.pickedUp(this.ahead);
    return call.unchargeAhead(this.book, this.use, bytes);
  }

  #unchargeFurther(result: number, bytes: Bytes): void {
    requireBytes(bytes, "An amount");
    if (result === BUSY) {
      this.core.passGate();
      this.uncharge(bytes);
      return;
    }
    // Stryker disable next-line ConditionalExpression: with an account, an unheld amount is refused here and below
    if (this.book === 0) {
      if (bytes === 0) return;
      if (this.core.follows(RULE_UNCHARGE_CLAMPS) && this.find() !== 0) {
        this.book = this.account();
        this.uncharge(bytes);
        return;
      }
    }
    if (result !== NOT_HELD && this.book !== 0) throw statusError(result, this.subject);
    throw notHeld(this, bytes);
  }

  /** Bytes that this thread has charged or adopted here and not yet returned or handed over. */
  get held(): Bytes {
    this.core.requireAttached();
    return this.book === 0 ? 0 : this.call.held(this.book, this.use);
  }

  /**
   * Keeps a stock for this thread from now on: charges run ahead of what is asked for by `batch` bytes, and small
   * charges and returns are then served from that, without any atomic operation. Off by default.
   *
   * What is ahead counts as {@link usage} (and in `peak`) and not as {@link held}; {@link stocked} says how much that
   * is. It is returned when it is needed: when a charge hits a limit or a limit is lowered below usage, in whichever
   * thread; when the group or the region goes; when this thread detaches. A thread that is about to block (in
   * `Atomics.wait`, or in a long computation) should {@link drain} first: others may have to wait for it.
   *
   * @param options `batch`: whole bytes, 1 to 2^30-1; 0: returns the stock and keeps none
   * @throws {RangeError} `EINVAL` for another `batch`
   * @throws {DmemError} as {@link tryCharge}
   */
  stock(options: { readonly batch: Bytes }): void {
    const { batch } = options;
    if (!isBytes(batch) || batch > BATCH_MAX)
      throw rangeError(`A stock's batch is a whole number of bytes from 0 to 2^30-1, not ${show(batch)}.`);
    if (batch === 0 && this.ahead === null) return;
    const { core } = this;
    const account = this.account();
    core.change(() => core.call.keepStock(core.agent, account, batch), this.subject);
    if (this.ahead !== null) core.stocks.drop(this.ahead);
    this.ahead = batch === 0 ? null : new Stock(core.words, { account, pool: this.id, stamp: this.use });
    if (this.ahead !== null) core.stocks.keep(this.ahead);
  }

  /** The handle of this pool or the one above it that has this id. */
  #ancestor(id: number): Pool {
    for (let cgroup: Cgroup | null = this.cgroup; cgroup !== null; cgroup = cgroup.parent) {
      const pool = cgroup.poolWithId(this.region, id);
      if (pool !== null) return pool;
    }
    return this as unknown as Pool; // its cgroup was removed in this moment, so nothing more exact can be said
  }

  /**
   * After a charge that did not happen: opens the account if that was missing, waits if nobody may charge, otherwise
   * throws why not.
   */
  #prepare(result: number, bytes: Bytes): void {
    requireBytes(bytes, "An amount");
    if (result === BUSY) {
      this.core.passGate();
      return;
    }
    if (this.book === 0) {
      this.account();
      return;
    }
    this.core.collect(this.id);
    throw statusError(result, this.subject);
  }
}

export function notHeld(pool: PoolCharges, bytes: Bytes): DmemError {
  return new DmemError(
    "EINVAL",
    `This thread holds ${formatBytes(pool.held)} of ${pool.subject}; it cannot return ${formatBytes(bytes)}.`,
  );
}
