import { DmemError } from "../core/errors.ts";
import { untilAborted } from "./abort.ts";
import type { BufferObject } from "./buffer-object.ts";
import type { Placement } from "./managers/place.ts";
import type { Arrival, Move, Walk } from "./operation.ts";

/** What a device can do: where its buffers go when they have to, and how contents are moved. */
export interface Driver {
  /** Where an evicted buffer goes, in order of preference. Empty: its contents are given up. */
  evictionPlacement(bo: BufferObject): Placement;
  /**
   * Moves contents, or lays out the first ones. If it throws, the buffer stays where it was. Default: nothing to do.
   */
  move?(move: Move): void;
  /** The same for the asynchronous calls; default: {@link move}. Is to stop when the signal says so. */
  moveAsync?(move: Move, signal: AbortSignal | undefined): Promise<void>;
}

/** Carries out a walk's moves one after the other. */
export function runSync<T>(walk: Walk<T>, driver: Driver): T {
  let step = walk.next();
  while (step.done !== true) step = answer(walk, "of" in step.value ? MISSED : attemptMove(driver, step.value));
  return step.value;
}

/**
 * The same, waiting for each move. Other walks may run meanwhile.
 *
 * @param signal ends the walk: it does not wait for the move under way, which counts as failed
 */
export async function runAsync<T>(walk: Walk<T>, driver: Driver, signal?: AbortSignal): Promise<T> {
  let step = walk.next();
  while (step.done !== true) {
    const wanted = step.value;
    step = answer(
      walk,
      await ("of" in wanted ? awaitArrival(wanted, signal) : attemptMoveAsync(driver, wanted, signal)),
    );
  }
  return step.value;
}

const ASYNC_ONLY = "This device's driver moves asynchronously only: call the methods that end in Async.";

/** How it went: what was thrown, or whether it was waited for. */
type Outcome = { readonly error: unknown } | { readonly arrived: boolean };

const ARRIVED: Outcome = { arrived: true };
const MISSED: Outcome = { arrived: false };

function answer<T>(walk: Walk<T>, outcome: Outcome): IteratorResult<Move | Arrival, T> {
  return "error" in outcome ? walk.throw(outcome.error) : walk.next(outcome.arrived);
}

async function awaitArrival({ of }: Arrival, signal: AbortSignal | undefined): Promise<Outcome> {
  try {
    await untilAborted(Promise.race(of.map((bo) => bo.idle())), signal);
    return ARRIVED;
  } catch (error) {
    return { error };
  }
}

function attemptMove(driver: Driver, move: Move): Outcome {
  try {
    if (driver.move === undefined && driver.moveAsync !== undefined) throw new DmemError("EINVAL", ASYNC_ONLY);
    const result: unknown = driver.move?.(move);
    if (!(result instanceof Promise)) return ARRIVED;
    result.catch(() => {}); // nobody is going to hear of it
    throw new DmemError("EINVAL", ASYNC_ONLY);
  } catch (error) {
    return { error };
  }
}

async function attemptMoveAsync(driver: Driver, move: Move, signal: AbortSignal | undefined): Promise<Outcome> {
  try {
    signal?.throwIfAborted();
    await untilAborted(driver.moveAsync ? driver.moveAsync(move, signal) : driver.move?.(move), signal);
    return ARRIVED;
  } catch (error) {
    return { error };
  }
}
