import { RULE_EMPTY_RECLAIM_REPEATS } from "../../assembly/abi.ts";
import type { Core } from "../core/core.ts";
import type { Pool } from "./pool.ts";

/** Rounds that may bring nothing before the reclaim gives up, the first one not counted. (Linux kernel/cgroup/dmem.c) */
const FRUITLESS_ROUNDS = 16;

/** How a limit is lowered: as `open(2)` flags and signals have it. */
export interface WriteOptions {
  /** Set the limit and leave at once, whatever is used (`O_NONBLOCK`). */
  readonly nonblock?: boolean;
  /** Ends the reclaim after the round under way; the limit stays. */
  readonly signal?: AbortSignal;
}

/**
 * Sets `max`, and has this thread's callback for the region bring usage below it. A usage that stays above is no error:
 * the limit is in force from now on.
 *
 * @throws what the callback throws; the old limit is in force then
 */
export function lowerTo(core: Core, pool: Pool, max: bigint, options: WriteOptions = {}): void {
  const before = pool.values().max;
  pool.setLimit("max", max);
  if (options.nonblock || pool.region.reclaim === undefined) return;
  try {
    reclaim(core, pool, options.signal);
  } catch (error) {
    if (pool.values().max === max) pool.setLimit("max", before);
    throw error;
  }
}

function reclaim(core: Core, pool: Pool, signal: AbortSignal | undefined): void {
  let left = FRUITLESS_ROUNDS;
  for (;;) {
    const { usage, max } = pool.values();
    if (usage <= max || signal?.aborted) return;
    const answer = pool.region.reclaim?.(pool, Number(usage - max), pool.region);
    if (answer !== undefined && answer !== "ENOSPC") return;
    const brought = answer === undefined && (pool.values().usage < usage || core.follows(RULE_EMPTY_RECLAIM_REPEATS));
    if (!brought && left-- === 0) return;
  }
}
