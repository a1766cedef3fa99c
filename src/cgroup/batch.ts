import { AMOUNT_MAX, RULE_UNCHARGE_CLAMPS } from "../../assembly/abi.ts";
import { type Bytes, requireBytes, show } from "../core/bytes.ts";
import type { Core } from "../core/core.ts";
import { typeError } from "../core/errors.ts";
import { Pool } from "./pool.ts";
import { notHeld } from "./pool-charges.ts";

// Many charges in one call. A run of charges to one pool is one charge of their sum: one atomic add a level for all.

/** One of many. */
export interface Charge {
  readonly pool: Pool;
  /** Whole bytes, 0 to 2^53-1. */
  readonly bytes: Bytes;
}

/** One of many that could not be charged. */
export interface Refusal {
  /** Which one. */
  readonly index: number;
  /** The pool whose `max` was hit. */
  readonly limit: Pool;
}

export interface BatchOptions {
  /** Whether one refusal refuses all. Default: what fits is charged. */
  readonly allOrNothing?: boolean;
}

const NONE: readonly Refusal[] = Object.freeze([]);
/** The longest run, and the most that its amounts from 2^32 up sum up to: no run is more than one charge can be. */
const RUN_MAX = 2 ** 20;
const LARGE_MAX = AMOUNT_MAX - RUN_MAX * (2 ** 32 - 1);

/** A walk over charges, run by run. */
class Runs {
  readonly charges: readonly Charge[];
  /** The run is up to here, and this one is not part of it. */
  end = 0;
  /** The sum of the run. */
  bytes = 0;

  constructor(charges: readonly Charge[]) {
    if (!Array.isArray(charges)) throw typeError(`Charges are an array of pools and bytes, not ${show(charges)}.`);
    this.charges = charges;
  }

  /** The pool of the next run, `null` at the end. */
  next(): Pool | null {
    const { charges } = this;
    if (this.end >= charges.length) return null;
    const pool = charges[this.end]?.pool;
    if (!(pool instanceof Pool)) throw typeError(`charges[${this.end}].pool is not a pool but ${show(pool)}.`);
    try {
      this.#sumUp(pool);
    } catch (error) {
      const missing = charges.findIndex((charge) => charge === null || charge === undefined);
      throw missing === -1 ? error : typeError(`charges[${missing}] is ${show(charges[missing])}.`);
    }
    return pool;
  }

  #sumUp(pool: Pool): void {
    const { charges } = this;
    const first = this.end;
    const last = Math.min(charges.length, first + RUN_MAX);
    let at = first;
    let small = 0;
    let large = 0;
    for (; at < last; at++) {
      const charge = charges[at] as Charge; // asking each time whether it is one costs half as much again
      if (charge.pool !== pool) break;
      const bytes = charge.bytes;
      // Stryker disable next-line ConditionalExpression,BlockStatement: only quicker
      if (bytes >>> 0 === bytes) {
        small += bytes;
        continue;
      }
      requireBytes(bytes, `charges[${at}].bytes`);
      if (large + bytes > LARGE_MAX) break;
      large += bytes;
    }
    if (at === first) large = (charges[at++] as Charge).bytes; // more than a run may be, but one charge
    this.end = at;
    this.bytes = small + large;
  }
}

/** Charges all that fits, or all or nothing. @returns what did not fit */
export function tryChargeMany(charges: readonly Charge[], options: BatchOptions): readonly Refusal[] {
  const runs = new Runs(charges);
  let refusals: Refusal[] | null = null;
  let done = 0;
  try {
    for (let pool = runs.next(); pool !== null; pool = runs.next()) {
      if (pool.tryCharge(runs.bytes) === null) {
        done = runs.end;
        continue;
      }
      refusals ??= [];
      for (; done < runs.end; done++) {
        const limit = pool.tryCharge((charges[done] as Charge).bytes);
        if (limit === null) continue;
        refusals.push({ index: done, limit });
        if (options.allOrNothing !== true) continue;
        undo(charges, done, NONE);
        return refusals;
      }
    }
  } catch (error) {
    undo(charges, done, refusals ?? NONE);
    throw error;
  }
  return refusals ?? NONE;
}

/** Returns those before `end` that were not refused. */
function undo(charges: readonly Charge[], end: number, refusals: readonly Refusal[]): void {
  const refused = new Set(refusals.map(({ index }) => index));
  for (let index = 0; index < end; index++) {
    const { pool, bytes } = charges[index] as Charge;
    if (!refused.has(index)) pool.uncharge(bytes);
  }
}

/** Returns all, or nothing. */
export function unchargeMany(core: Core, charges: readonly Charge[]): void {
  const runs = new Runs(charges);
  const first = runs.next();
  if (first === null) return;
  // Stryker disable next-line ConditionalExpression,BlockStatement: only quicker
  if (runs.end === charges.length) {
    first.uncharge(runs.bytes);
    return;
  }
  const sums = new Map<Pool, Bytes>();
  for (let pool: Pool | null = first; pool !== null; pool = runs.next()) {
    sums.set(pool, (sums.get(pool) ?? 0) + runs.bytes);
  }
  for (const [pool, bytes] of sums) {
    if (bytes > pool.held && !core.follows(RULE_UNCHARGE_CLAMPS)) throw notHeld(pool, bytes);
  }
  for (const [pool, bytes] of sums) pool.uncharge(bytes);
}
