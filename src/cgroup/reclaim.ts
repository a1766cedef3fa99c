import { RULE_EMPTY_RECLAIM_REPEATS } from "../../assembly/abi.ts";
import type { Core } from "../core/core.ts";
import { unlessBusy } from "../core/errors.ts";
import type { Pool } from "./pool.ts";

/**
 * Rounds that may bring nothing before the reclaim gives up, the first one not counted. (Linux kernel/cgroup/dmem.c)
 */
const FRUITLESS_ROUNDS = 16;

/** How a limit is lowered: as `open(2)` flags and signals have it. */
export interface WriteOptions {
  /** Set the limit and leave at once, whatever is used (`O_NONBLOCK`). */
  readonly nonblock?: boolean;
  /** Ends the reclaim after the round under way; the limit stays. */
  readonly signal?: AbortSignal;
}

/** A limit for a pool, as the files know it. */
export interface Setting {
  readonly pool: Pool;
  readonly value: bigint;
}

/**
 * Sets `max` of each pool, and then has this thread's callbacks bring usage below it. A usage that stays above is no
 * error: the limits are in force from now on.
 *
 * @throws what a callback throws; the old limits are in force then
 */
export function setMax(core: Core, settings: readonly Setting[], options: WriteOptions = {}): void {
  setLimits("max", settings, () => {
    if (options.nonblock) return;
    for (const { pool } of settings) reclaim(core, pool, options.signal);
  });
}

/** Sets a limit of each pool, and does what follows from it: all, or none if something is thrown. */
export function setLimits(limit: "min" | "low" | "max", settings: readonly Setting[], follow = () => {}): void {
  const done: (Setting & { before: bigint })[] = [];
  try {
    for (const { pool, value } of settings) {
      const before = pool.values()[limit];
      pool.setLimit(limit, value);
      done.push({ pool, value, before });
    }
    follow();
  } catch (error) {
    for (const { pool, value, before } of done.reverse()) {
      if (pool.values()[limit] === value) pool.setLimit(limit, before);
    }
    throw error;
  }
}

function reclaim(core: Core, pool: Pool, signal: AbortSignal | undefined): void {
  const callback = pool.region.reclaim;
  returnStocks(core, pool);
  if (callback === undefined) return;
  let left = FRUITLESS_ROUNDS;
  for (;;) {
    const { usage, max } = pool.values();
    if (usage <= max || signal?.aborted) return;
    const answer = callback(pool, Number(usage - max), pool.region);
    if (answer !== undefined && answer !== "ENOSPC") return;
    const brought = answer === undefined && (pool.values().usage < usage || core.follows(RULE_EMPTY_RECLAIM_REPEATS));
    if (!brought && left-- === 0) return;
  }
}

/** What nobody uses goes first. A thread that does not return its stock in time delays it no further. */
function returnStocks(core: Core, pool: Pool): void {
  // Stryker disable next-line ConditionalExpression: only quicker: nothing comes from no stocks
  if (!core.stocks.exist) return;
  if (pool.usage <= pool.max) return;
  unlessBusy(() => core.stocks.gather(pool.find(), () => pool.usage <= pool.max));
}
