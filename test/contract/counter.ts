import type { Semantics } from "../../src/index.ts";

/** What the contract is about: the surface of `PageCounter`, as the wasm core and the plain reference both have it. */
export interface Counter<Self> {
  readonly parent: Self | null;
  child(options?: CounterOptions): Self;
  root(options?: CounterOptions): Self;
  tryCharge(n: bigint): Self | null;
  charge(n: bigint): void;
  uncharge(n: bigint): Self[];
  cancel(n: bigint): Self[];
  setMin(n: bigint): void;
  setLow(n: bigint): void;
  setHigh(n: bigint): void;
  setMax(n: bigint): void;
  resetWatermark(): void;
  resetLocalWatermark(): void;
  calculateProtection(root: Self, recursive?: boolean): void;
  values(): CounterValues;
}

export interface CounterOptions {
  readonly protection?: boolean;
  readonly trackFailures?: boolean;
}

export type CounterValues = Readonly<
  Record<
    | "usage"
    | "min"
    | "low"
    | "high"
    | "max"
    | "watermark"
    | "localWatermark"
    | "failures"
    | "protectedMin"
    | "protectedLow"
    | "childrenMin"
    | "childrenLow"
    | "effectiveMin"
    | "effectiveLow",
    bigint
  >
>;

/** A counter of whichever implementation. */
export interface AnyCounter extends Counter<AnyCounter> {}

/** Makes the top of a new tree. */
export type Create = (options?: CounterOptions) => AnyCounter;

/** An implementation that the contract holds for. */
export type Subject = (semantics: Semantics) => Create;
