import { DmemError } from "../../src/core/errors.ts";
import type { Semantics } from "../../src/index.ts";

// The page counter, plainly: what test/fixtures/linux-7.3/FORMAT.md says in sections 2 and 3, for comparison with the
// real one. One thread, exact 64-bit numbers, everything stored as the kernel stores it, nothing fast.
//
// In "intended" semantics every level is asked first, and what one of them refuses or cannot do is not begun.

const UNLIMITED = 2n ** 51n - 1n;
/** The most that a counter holds in "intended" semantics. */
const MOST = 2n ** 53n - 1n;

const INITIAL = {
  usage: 0n,
  min: 0n,
  low: 0n,
  high: 0n,
  max: UNLIMITED,
  watermark: 0n,
  localWatermark: 0n,
  failures: 0n,
  protectedMin: 0n,
  protectedLow: 0n,
  childrenMin: 0n,
  childrenLow: 0n,
  effectiveMin: 0n,
  effectiveLow: 0n,
};

export type ReferenceValues = Readonly<typeof INITIAL>;

export interface ReferenceOptions {
  protection?: boolean;
  trackFailures?: boolean;
}

export interface ReferenceTreeOptions extends ReferenceOptions {
  semantics?: Semantics;
}

export class ReferenceCounter {
  readonly parent: ReferenceCounter | null;
  readonly #semantics: Semantics;
  readonly #protection: boolean;
  readonly #trackFailures: boolean;
  readonly #values = { ...INITIAL };

  private constructor(parent: ReferenceCounter | null, options: ReferenceTreeOptions) {
    const { semantics = "linux-7.3", protection = true, trackFailures = false } = options;
    this.parent = parent;
    this.#semantics = semantics;
    this.#protection = protection;
    this.#trackFailures = trackFailures;
  }

  static create(options: ReferenceTreeOptions = {}): ReferenceCounter {
    return new ReferenceCounter(null, options);
  }

  root(options: ReferenceOptions = {}): ReferenceCounter {
    return new ReferenceCounter(null, { ...options, semantics: this.#semantics });
  }

  child(options: ReferenceOptions = {}): ReferenceCounter {
    return new ReferenceCounter(this, { ...options, semantics: this.#semantics });
  }

  tryCharge(n: bigint): ReferenceCounter | null {
    const full = this.#semantics === "intended" ? this.#firstFull(n) : null;
    if (full !== null) return this.#refusedBy(full);
    const path = this.#path();
    for (const [level, counter] of path.entries()) {
      const usage = u64(counter.#values.usage + n);
      if (usage <= counter.#values.max) {
        counter.#raise(usage, this.#protection);
        continue;
      }
      for (const below of path.slice(0, level)) below.cancel(n);
      return this.#refusedBy(counter);
    }
    return null;
  }

  charge(n: bigint): void {
    if (this.#semantics === "intended") for (const counter of this.#path()) requireHoldable(counter.#values.usage + n);
    for (const counter of this.#path()) counter.#raise(u64(counter.#values.usage + n), this.#protection);
  }

  uncharge(n: bigint): ReferenceCounter[] {
    if (this.#semantics === "intended") for (const counter of this.#path()) counter.#requireUsage(n);
    return this.#path().flatMap((counter) => counter.cancel(n));
  }

  cancel(n: bigint): ReferenceCounter[] {
    if (this.#semantics === "intended") this.#requireUsage(n);
    const usage = BigInt.asIntN(64, this.#values.usage - n);
    this.#values.usage = usage < 0n ? 0n : usage;
    if (this.#protection) this.#publish();
    return usage < 0n ? [this] : [];
  }

  setMin(n: bigint): void {
    this.#values.min = n;
    for (const counter of this.#path()) counter.#publish();
  }

  setLow(n: bigint): void {
    this.#values.low = n;
    for (const counter of this.#path()) counter.#publish();
  }

  setHigh(n: bigint): void {
    this.#values.high = n;
  }

  setMax(n: bigint): void {
    if (this.#values.usage > n) throw new DmemError("EBUSY", `${this.#values.usage} is in use, more than ${n}.`);
    this.#values.max = n;
  }

  resetWatermark(): void {
    this.#values.watermark = this.#values.usage;
    this.resetLocalWatermark();
  }

  resetLocalWatermark(): void {
    this.#values.localWatermark = this.#values.usage;
  }

  calculateProtection(root: ReferenceCounter, recursive = false): void {
    if (this === root || this.parent === null || this.#values.usage === 0n) return;
    const [own, parent] = [this.#values, this.parent.#values];
    const first = this.parent === root;
    const usages = { usage: own.usage, parentUsage: parent.usage, recursive };
    const min = { setting: own.min, budget: parent.effectiveMin, siblings: parent.childrenMin };
    const low = { setting: own.low, budget: parent.effectiveLow, siblings: parent.childrenLow };
    own.effectiveMin = first ? own.min : share({ ...usages, ...min });
    own.effectiveLow = first ? own.low : share({ ...usages, ...low });
  }

  values(): ReferenceValues {
    return { ...this.#values };
  }

  /** This counter and its ancestors, upwards. */
  #path(): ReferenceCounter[] {
    return this.parent === null ? [this] : [this, ...this.parent.#path()];
  }

  #refusedBy(counter: ReferenceCounter): ReferenceCounter {
    if (this.#trackFailures) counter.#values.failures += 1n;
    return counter;
  }

  /** The lowest level without room for `n`. */
  #firstFull(n: bigint): ReferenceCounter | null {
    requireHoldable(n);
    for (const counter of this.#path()) {
      const usage = counter.#values.usage + n;
      if (usage > counter.#values.max) return counter;
      requireHoldable(usage);
    }
    return null;
  }

  #requireUsage(n: bigint): void {
    if (n <= this.#values.usage) return;
    throw new DmemError("EINVAL", `${this.#values.usage} is in use, less than ${n}.`);
  }

  #raise(usage: bigint, publish: boolean): void {
    this.#values.usage = usage;
    if (publish) this.#publish();
    if (usage <= this.#values.localWatermark) return;
    this.#values.localWatermark = usage;
    if (usage > this.#values.watermark) this.#values.watermark = usage;
  }

  /** Tells the parent how much of the usage is protected; the parent keeps the sums over its children. */
  #publish(): void {
    if (this.parent === null) return;
    const [own, parent] = [this.#values, this.parent.#values];
    const [min, low] = [smaller(own.usage, own.min), smaller(own.usage, own.low)];
    parent.childrenMin += min - own.protectedMin;
    parent.childrenLow += low - own.protectedLow;
    own.protectedMin = min;
    own.protectedLow = low;
  }
}

interface Claim {
  usage: bigint;
  parentUsage: bigint;
  /** The counter's own `min` or `low`. */
  setting: bigint;
  /** What the parent has to give. */
  budget: bigint;
  /** What all its children could use of that, this one included. */
  siblings: bigint;
  recursive: boolean;
}

function share({ usage, parentUsage, setting, budget, siblings, recursive }: Claim): bigint {
  const own = smaller(usage, setting);
  if (siblings > budget) return (own * budget) / siblings;
  const spare = budget - siblings;
  const unprotected = parentUsage - siblings;
  if (!recursive || spare === 0n || unprotected <= 0n || usage <= own) return own;
  return own + (spare * smaller(usage - own, unprotected)) / unprotected;
}

function requireHoldable(usage: bigint): void {
  if (usage > MOST) throw new DmemError("EINVAL", `${usage} is more than a counter holds.`);
}

function u64(n: bigint): bigint {
  return BigInt.asUintN(64, n);
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
