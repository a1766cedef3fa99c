import type { Cgroup } from "../cgroup/cgroup.ts";
import type { BufferObject } from "./buffer-object.ts";
import type { TtmDevice } from "./device.ts";
import type { Allocation } from "./managers/resource-manager.ts";

/** A change of place that the walk wants: it goes on when it is told how that went. */
export interface Move {
  readonly bo: BufferObject;
  /** Name of the memory it is in; `null`: it has no contents yet. */
  readonly from: string | null;
  /** Name of the memory it goes to; `null`: its contents are given up. */
  readonly to: string | null;
  /** The space that it gets there; what it leaves is `bo.allocation`. `null`: its contents are given up. */
  readonly target: Allocation | null;
  /** Whether it has to go for others. */
  readonly evict: boolean;
}

/** What else a walk may want: to go on when one of the buffers that others are moving has arrived. */
export interface Arrival {
  readonly of: readonly BufferObject[];
}

/**
 * A computation that asks for moves and arrivals, one at a time. Whoever drives it carries moves out, or throws into it
 * what went wrong, and says of an arrival whether it was waited for.
 */
export type Walk<T> = Generator<Move | Arrival, T, boolean>;

/** What everything that is done for one request has in common. */
export interface Operation {
  readonly device: TtmDevice;
  /** The group of whoever asks. Pays for what it moves where the evictor pays. */
  readonly as: Cgroup;
  /**
   * Whether the caller holds a ticket, as drivers do at submission: then the eviction is tried again while it gets on.
   */
  readonly ticket: boolean;
  /** Ends the operation at the next move. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Who is charged for where `bo` goes: its owner, or whoever moves it where that is the rule. For a group that was
 * removed, the nearest one above that was not.
 */
export function payer(operation: Operation, bo: BufferObject): Cgroup {
  let group = operation.device.evictorPays ? operation.as : bo.owner;
  while (group.removed) group = group.parent as Cgroup; // the root never is
  return group;
}
