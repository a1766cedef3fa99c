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

/** A walk over charges, run by run. */
class Runs {
  readonly charges: readonly Charge[];
  /** The run is from here … */
  start = 0;
  /** … up to here, and this one is not part of it. */
  end = 0;
  /** The sum of the run. */
  bytes = 0;

  constructor(charges: readonly Charge[]) {
    if (!Array.isArray(charges)) throw typeError(`Charges are an array of pools and bytes, not ${show(charges)}.`);
    this.charges = charges;
  }

  /** The pool of the next run, `null` at the end. A sum beyond what one charge can be ends a run, too. */
  next(): Pool | null {
    const { charges } = this;
    const { length } = charges;
    let at = this.end;
    this.start = at;
    if (at >= length) return null;
    const pool = charges[at]?.pool;
    if (!(pool instanceof Pool)) throw typeError(`charges[${at}].pool is not a pool but ${show(pool)}.`);
    let sum = 0;
    for (; at < length; at++) {
      const charge = charges[at] as Charge;
      if (charge?.pool !== pool) break;
      const { bytes } = charge;
      if (bytes >>> 0 !== bytes) requireBytes(bytes, `charges[${at}].bytes`);
      if (sum + bytes > AMOUNT_MAX) break;
      sum += bytes;
    }
    this.end = at;
    this.bytes = sum;
    return pool;
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
