import {
  BAD_ID,
  HIT_LOW,
  NOT_ANCESTOR,
  POOL_EFFECTIVE_LOW,
  POOL_EFFECTIVE_MIN,
  POOL_SHIFT,
  POOL_USAGE,
  RULE_QUERIES_REMEMBER,
  RULE_ROOT_LIMIT_IGNORES_PROTECTION,
  VALUABLE,
} from "../../assembly/abi.ts";
import { type Bytes, limitNumber } from "../core/bytes.ts";
import type { Core } from "../core/core.ts";
import { statusError } from "../core/status.ts";
import type { Cgroup } from "./cgroup.ts";
import type { Pool } from "./pool.ts";

/** What of a pool's usage is protected. `Infinity`: all. */
export interface Protection {
  readonly min: Bytes;
  readonly low: Bytes;
}

/** Whether evicting helps, and whether it would if `low` were ignored. */
export interface Value {
  readonly valuable: boolean;
  readonly hitLow: boolean;
}

const USELESS: Value = Object.freeze({ valuable: false, hitLow: false });
const VALUED: Value = Object.freeze({ valuable: true, hitLow: false });
const WITHIN_LOW: Value = Object.freeze({ valuable: false, hitLow: true });

/** What the core's bits say. */
export function valueFrom(bits: number): Value {
  if (bits === VALUABLE) return VALUED;
  return bits === HIT_LOW ? WITHIN_LOW : USELESS;
}

// A pool whose counter does not exist uses nothing. So it is never worth evicting and always within its protection. One
// whose counter was freed since it was found, by another thread, is looked at again.

export function evictValuable(core: Core, test: Pool, limit: Pool | null, ignoreLow: boolean): Value {
  if (limit === test) return VALUED;
  for (;;) {
    const above = limit === null ? 0 : limit.find();
    const id = test.find();
    if (id === 0 || (above === 0 && limit !== null)) return valueOfNothing(core, limit);
    const bits = core.call.evictValuable(above, id, ignoreLow);
    if (bits !== BAD_ID) return valueFrom(bits);
  }
}

function valueOfNothing(core: Core, limit: Pool | null): Value {
  return limit?.cgroup.parent === null && core.follows(RULE_ROOT_LIMIT_IGNORES_PROTECTION) ? VALUED : USELESS;
}

export function isProtected(core: Core, test: Pool, root: Pool | null, low: boolean): boolean {
  if (root === test || test.cgroup.parent === null) return false;
  if (!core.follows(RULE_QUERIES_REMEMBER)) requireAbove(root, test);
  const [above, id] = [root?.find() ?? 0, test.find()];
  if (id === 0) return true;
  if (root !== null && above === 0) return wasProtected(core, { id, low });
  const result = core.call.isProtected(above, id, low);
  return result === BAD_ID ? isProtected(core, test, root, low) : answer(result, test) !== 0;
}

/** As seen from a pool that does not exist, so that it is not above: by what the last question left. */
function wasProtected(core: Core, { id, low }: { id: number; low: boolean }): boolean {
  const read = (word: number) => core.long((id << POOL_SHIFT) + word);
  return read(POOL_USAGE) <= read(low ? POOL_EFFECTIVE_LOW : POOL_EFFECTIVE_MIN);
}

export function effectiveProtection(core: Core, test: Pool, root: Pool | null): Protection {
  requireAbove(root, test);
  const [above, id] = [root?.find() ?? 0, test.find()];
  if (id === 0) return { min: 0, low: 0 };
  const [min, low] = [core.call.effectiveProtection(above, id, false), core.call.effectiveProtection(above, id, true)];
  if (min === BAD_ID || low === BAD_ID) return effectiveProtection(core, test, root);
  return { min: limitNumber(answer(min, test)), low: limitNumber(answer(low, test)) };
}

/** Complains about a root that is neither the pool itself nor above it, whether or not their counters exist. */
function requireAbove(root: Pool | null, test: Pool): void {
  if (root === null || (root.region === test.region && root.cgroup.contains(test.cgroup))) return;
  throw statusError(NOT_ANCESTOR, test.subject);
}

/**
 * By groups, not by pools: the state that their nearest common group has now, or the nearest one above that has any.
 */
export function commonAncestor(a: Pool, b: Pool): Pool | null {
  if (!a.region.registered) return null;
  let group: Cgroup | null = a.cgroup;
  // Stryker disable next-line ConditionalExpression: the root contains all groups and is never removed
  while (group !== null && (group.removed || !group.contains(b.cgroup))) group = group.parent;
  // Stryker disable next-line OptionalChaining: the same
  return group?.pool(a.region) ?? null;
}

function answer(result: number, test: Pool): number {
  if (result < 0) throw statusError(result, test.subject);
  return result;
}
