import type { Pool } from "../cgroup/pool.ts";
import type { Bytes } from "../core/bytes.ts";
import type { Aim } from "./eviction.ts";
import { type LruList, PRIORITIES } from "./lru.ts";
import { PAGE_BYTES } from "./managers/resource-manager.ts";
import type { MemoryType } from "./memory-type.ts";
import type { Resource } from "./resource.ts";

// A request for more than may be evicted for it would drive others out and fail all the same. So it is looked first
// what could go at the most.

/** An aim that is reached with so many bytes free. */
export interface RoomAim extends Aim {
  readonly needs: Bytes;
  /** Whether what is within low may go in the end. */
  readonly ignoresLow: boolean;
}

export function freeBytes({ manager }: MemoryType): Bytes {
  return (manager.pages - manager.usedPages) * PAGE_BYTES;
}

/** What has to go before `bytes` can be charged to `pool` and all above it: the most that any of them lacks. */
export function lacking(pool: Pool | null, bytes: Bytes): Bytes {
  let most = 0;
  for (let level = pool; level !== null; level = level.parent) most = Math.max(most, level.usage + bytes - level.max);
  return most;
}

/**
 * Whether even all that may be evicted would not do. Protection is taken as it is now; fragments and windows are left
 * out of account: they may still be in the way of a request that is not hopeless by size.
 *
 * Cost: looks at as many buffers as the request would evict; at all that are left only if it is hopeless.
 */
export function isHopeless(aim: RoomAim): boolean {
  const unprotected = new Map<Pool | null, Bytes>();
  let left = aim.needs;
  for (const priority of PRIORITIES) {
    for (const list of aim.type.lru.lists(priority)) {
      // Stryker disable next-line ConditionalExpression,EqualityOperator: only quicker: nothing more is counted
      if (left <= 0) return false;
      left -= evictable(aim, list, { enough: left, unprotected });
    }
  }
  return left > 0;
}

/** Bytes of a list that may go, counted up to `enough`; what its pool may still lose is kept in `unprotected`. */
function evictable(
  aim: RoomAim,
  list: LruList,
  { enough, unprotected }: { enough: Bytes; unprotected: Map<Pool | null, Bytes> },
): Bytes {
  const allowed = unprotected.get(list.pool) ?? unprotectedBytes(aim, list.pool);
  let bytes = 0;
  for (const resource of list) {
    if (bytes >= Math.min(allowed, enough)) break;
    if (mayGo(aim, resource)) bytes += resource.bo.size;
  }
  unprotected.set(list.pool, allowed - bytes);
  return bytes;
}

function mayGo(aim: RoomAim, resource: Resource): boolean {
  const { bo } = resource;
  return (!bo.isReserved || bo.isMoving) && aim.helps(resource);
}

/** A pool gives until its usage is down to what is protected of it, with its last buffer perhaps below that. */
function unprotectedBytes(aim: RoomAim, pool: Pool | null): Bytes {
  if (aim.spares(pool)) return 0;
  // Stryker disable next-line ConditionalExpression: where nobody accounts, the survey says so, too
  return pool === null ? Number.POSITIVE_INFINITY : aim.survey.unprotected(pool, aim.ignoresLow);
}
