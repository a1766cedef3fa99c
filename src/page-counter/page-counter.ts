import {
  AMOUNT_MAX,
  BELOW_USAGE,
  OK,
  POOL_EFFECTIVE_LOW,
  POOL_EFFECTIVE_MIN,
  POOL_FAILURES,
  POOL_HIGH,
  POOL_LOCAL_PEAK,
  POOL_LOW,
  POOL_MAX,
  POOL_MIN,
  POOL_PEAK,
  POOL_SHIFT,
  POOL_STAMP,
  POOL_USAGE,
  RULE_CHARGE_WRAPS,
  RULE_UNCHARGE_CLAMPS,
} from "../../assembly/abi.ts";
import { show } from "../core/bytes.ts";
import { completeCapacity } from "../core/capacity.ts";
import { Core } from "../core/core.ts";
import { DmemError, rangeError, typeError } from "../core/errors.ts";
import { rulesOf, type Semantics } from "../core/semantics.ts";
import { statusError } from "../core/status.ts";

/** What a counter keeps track of, fixed when it is made. */
export interface CounterOptions {
  /** Whether min and low protect usage (kernel: protection support). Default true. */
  readonly protection?: boolean;
  /** Whether a refusal of a charge that begins here is counted, at the counter that refuses. Default false. */
  readonly trackFailures?: boolean;
}

export interface CounterTreeOptions extends CounterOptions {
  /** Counters that the tree has room for. Default 4,096; 128 bytes each. */
  readonly capacity?: number;
  /** Default `"intended"`. */
  readonly semantics?: Semantics;
}

/** All of a counter's figures, unsigned and exact to 64 bits. */
export interface CounterValues {
  /** Own charge and that of all descendants. */
  readonly usage: bigint;
  readonly min: bigint;
  readonly low: bigint;
  readonly high: bigint;
  readonly max: bigint;
  readonly watermark: bigint;
  readonly localWatermark: bigint;
  readonly failures: bigint;
  /** What of the usage it asks its parent to protect (kernel: min_usage, low_usage). */
  readonly protectedMin: bigint;
  readonly protectedLow: bigint;
  /** The sums of that over its children (kernel: children_min_usage, children_low_usage). */
  readonly childrenMin: bigint;
  readonly childrenLow: bigint;
  /** What the last {@link PageCounter.calculateProtection} found (kernel: emin, elow). */
  readonly effectiveMin: bigint;
  readonly effectiveLow: bigint;
}

/**
 * A hierarchical counter by itself, without cgroups and regions: for controllers other than dmem. Its unit is whatever
 * the caller charges. One thread; for threads see `Dmem`. (Linux mm/page_counter.c; RFC patch 1.)
 *
 * Amounts are bigint, 0 to 2^64-1; in "intended" semantics what is charged stays below 2^53.
 */
export class PageCounter {
  readonly parent: PageCounter | null;
  readonly #core: Core;
  readonly #id: number;

  /**
   * Makes the top of a new tree.
   *
   * @throws {RangeError} `EINVAL` for a capacity that is not a whole number from 1 on, or beyond 4 GiB
   */
  static create(options: CounterTreeOptions = {}): PageCounter {
    const { capacity = 4096, semantics = "intended" } = options;
    const core = Core.create({
      capacity: completeCapacity({ pools: capacity, cgroups: 1, regions: 1, agents: 1, accounts: 1, tickets: 1 }),
      rules: rulesOf(semantics),
      options: 0,
    });
    return new PageCounter(core, null, options);
  }

  private constructor(core: Core, parent: PageCounter | null, options: CounterOptions) {
    const { protection = true, trackFailures = false } = options;
    const above = parent === null ? 0 : parent.#id;
    this.#core = core;
    this.parent = parent;
    this.#id = core.change(() => core.call.createCounter(core.agent, above, protection, trackFailures), "The counter");
  }

  /** @throws {DmemError} `ENOSPC` if the tree has no room left */
  child(options: CounterOptions = {}): PageCounter {
    return new PageCounter(this.#core, this, options);
  }

  /** Makes another top, in the same memory. */
  root(options: CounterOptions = {}): PageCounter {
    return new PageCounter(this.#core, null, options);
  }

  /** Charges `n` to this counter and all its ancestors, or to none. @returns `null`, or the counter that was full */
  tryCharge(n: bigint): PageCounter | null {
    const result = this.#core.call.tryChargeCounter(this.#id, this.#charge(n));
    if (result === OK) return null;
    for (let counter: PageCounter | null = this; counter !== null; counter = counter.parent) {
      if (counter.#id === result) return counter;
    }
    throw statusError(result, "The counter");
  }

  /**
   * Charges `n` whatever the limits say.
   *
   * @throws {DmemError} `EINVAL` if a counter would pass 2^53-1 ("intended")
   */
  charge(n: bigint): void {
    const result = this.#core.call.chargeCounter(this.#id, this.#charge(n));
    if (result !== OK) throw statusError(result, "The counter");
  }

  /**
   * Takes `n` off this counter and all its ancestors.
   *
   * @returns the counters that had less and are at 0 now, this one first ("linux-7.3")
   * @throws {DmemError} `EINVAL` if one has less ("intended")
   */
  uncharge(n: bigint): PageCounter[] {
    return this.#short(this.#core.call.unchargeCounter(this.#id, amount(n)), n);
  }

  /** The same for this counter alone: takes back a part of a charge. */
  cancel(n: bigint): PageCounter[] {
    return this.#short(this.#core.call.cancelCounter(this.#id, amount(n)), n);
  }

  setMin(n: bigint): void {
    this.#set((core) => core.call.setMin(core.agent, this.#id, this.#stamp, amount(n)));
  }

  setLow(n: bigint): void {
    this.#set((core) => core.call.setLow(core.agent, this.#id, this.#stamp, amount(n)));
  }

  setHigh(n: bigint): void {
    this.#set((core) => core.call.setHigh(core.agent, this.#id, this.#stamp, amount(n)));
  }

  /** @throws {DmemError} `EBUSY` if usage is above `n`; nothing is changed then */
  setMax(n: bigint): void {
    this.#set((core) => {
      const status = core.call.lowerMax(core.agent, this.#id, this.#stamp, amount(n));
      if (status !== BELOW_USAGE) return status;
      throw new DmemError("EBUSY", `The counter has ${this.values().usage}, more than a max of ${n}.`);
    });
  }

  /** Both marks become the present usage. */
  resetWatermark(): void {
    this.#set((core) => core.call.resetCounterPeak(this.#id, false));
  }

  /** Only the local mark becomes the present usage. */
  resetLocalWatermark(): void {
    this.#set((core) => core.call.resetCounterPeak(this.#id, true));
  }

  /**
   * The kernel's step from the parent's effective values to this counter's, as seen from `root`. So a whole path is
   * done from the top down. Nothing changes for `root` itself and for a counter without usage.
   *
   * @param recursive whether protection that no child claims floats to usage that is not protected
   */
  calculateProtection(root: PageCounter, recursive = true): void {
    if (!(root instanceof PageCounter)) throw typeError(`The root is a counter, not ${show(root)}.`);
    if (root.#core !== this.#core) throw typeError("The root is a counter of another tree.");
    this.#set((core) => core.call.protectCounter(root.#id, this.#id, recursive));
  }

  values(): CounterValues {
    const { call } = this.#core;
    const address = this.#id << POOL_SHIFT;
    const read = (word: number) => this.#core.long(address + word);
    const unsigned = (value: bigint) => BigInt.asUintN(64, value);
    return {
      usage: read(POOL_USAGE),
      min: read(POOL_MIN),
      low: read(POOL_LOW),
      high: read(POOL_HIGH),
      max: read(POOL_MAX),
      watermark: read(POOL_PEAK),
      localWatermark: read(POOL_LOCAL_PEAK),
      failures: BigInt(this.#core.word(address + POOL_FAILURES)),
      protectedMin: unsigned(call.counterProtectedUsage(this.#id, false)),
      protectedLow: unsigned(call.counterProtectedUsage(this.#id, true)),
      childrenMin: unsigned(call.counterChildrenProtectedUsage(this.#id, false)),
      childrenLow: unsigned(call.counterChildrenProtectedUsage(this.#id, true)),
      effectiveMin: read(POOL_EFFECTIVE_MIN),
      effectiveLow: read(POOL_EFFECTIVE_LOW),
    };
  }

  get #stamp(): number {
    return this.#core.word((this.#id << POOL_SHIFT) + POOL_STAMP);
  }

  #set(attempt: (core: Core) => number): void {
    this.#core.change(() => attempt(this.#core), "The counter");
  }

  #charge(n: bigint): bigint {
    const checked = amount(n);
    if (checked > MOST && !this.#core.follows(RULE_CHARGE_WRAPS)) {
      throw rangeError(`A charge is at most 2^53-1, not ${show(n)}.`);
    }
    return checked;
  }

  /** The counters that `levels` has a bit for. Without leave to stop at 0, there is none or nothing was done. */
  #short(levels: bigint, n: bigint): PageCounter[] {
    if (levels === 0n) return [];
    const counters: PageCounter[] = [];
    let level = 0n;
    for (let counter: PageCounter | null = this; counter !== null; counter = counter.parent) {
      if ((BigInt.asUintN(64, levels) >> level) & 1n) counters.push(counter);
      if (level < 63n) level++;
    }
    if (!this.#core.follows(RULE_UNCHARGE_CLAMPS)) throw tooLittle(counters, n);
    return counters;
  }
}

function tooLittle([counter]: readonly PageCounter[], n: bigint): DmemError {
  return new DmemError("EINVAL", `A counter has ${counter?.values().usage}; ${n} cannot be taken off it.`);
}

const MOST = BigInt(AMOUNT_MAX);

function amount(n: unknown): bigint {
  if (typeof n !== "bigint") throw typeError(`An amount is a bigint, not ${show(n)}.`);
  if (BigInt.asUintN(64, n) !== n) throw rangeError(`An amount is 0 to 2^64-1, not ${show(n)}.`);
  return n;
}
