import { availableParallelism } from "node:os";
import type { Schedule } from "../trace/schedule.ts";

/** No turn yet. */
const NONE = -1;

/** Looks at the grant before a thread sleeps: where runs are short, the next turn comes sooner than a wake-up takes. */
const SPINS = 2_000;

/** What the threads of a replay share: everything in shared memory, so that it may be posted to a worker. */
export interface TurnsHandle extends Schedule {
  /** By tenant: the latest run that it may play. Written by whoever played the run before, read by the tenant. */
  readonly granted: Int32Array;
  /** By tenant: events played so far. Written by the tenant, read by whoever shows progress; a stale value is harmless. */
  readonly played: Int32Array;
  /** Looks before a thread sleeps; none where the threads outnumber the processors, which have better to do. */
  readonly spins: number;
}

/** Starts with the first run granted to its owner. */
export function createTurns(schedule: Schedule, tenants: number): TurnsHandle {
  const granted = new Int32Array(new SharedArrayBuffer(tenants * Int32Array.BYTES_PER_ELEMENT)).fill(NONE);
  const played = new Int32Array(new SharedArrayBuffer(tenants * Int32Array.BYTES_PER_ELEMENT));
  const first = schedule.owners[0];
  if (first !== undefined) granted[first] = 0;
  return { ...schedule, granted, played, spins: tenants <= availableParallelism() ? SPINS : 0 };
}

/**
 * Waits for this tenant's next run. Concurrency: for worker threads, it blocks.
 *
 * @param run the run that it played last, -1 at first
 */
export function awaitTurn(turns: TurnsHandle, tenant: number, run: number): number {
  for (let spins = 0; ; spins++) {
    const granted = Atomics.load(turns.granted, tenant);
    if (granted > run) return granted;
    if (spins >= turns.spins) Atomics.wait(turns.granted, tenant, granted);
  }
}

/** Grants the run after `run` to its owner, and wakes it. */
export function passTurn(turns: TurnsHandle, run: number): void {
  const next = run + 1;
  const owner = turns.owners[next];
  if (owner === undefined) return;
  Atomics.store(turns.granted, owner, next);
  Atomics.notify(turns.granted, owner);
}
