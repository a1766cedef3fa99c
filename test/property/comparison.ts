import { expect } from "vitest";
import type { Handles } from "./handles.ts";
import type { Model } from "./model.ts";
import { type ModelPool, UNLIMITED } from "./model-pool.ts";
import type { Questions } from "./operations.ts";
import { outcome } from "./outcome.ts";

const KINDS = { belowMin: "min", belowLow: "low" } as const;

/** Compares everything that an agent can read with the model. `index` is the agent's. */
export function compareState(handles: Handles, model: Model, index: number): void {
  expect(seen(handles)).toEqual(expected(handles, model, index));
}

function seen({ dmem, groups, pools }: Handles): object {
  return {
    regions: dmem.regions.map(({ name }) => name),
    groups: Array.from(groups.values(), (group) => ({
      path: group.path,
      children: group.removed ? "removed" : group.children.map(({ path }) => path),
    })),
    pools: Array.from(pools, ([{ live }, { usage, peak, held, min, low, max }]) => ({
      ...{ usage, peak, held },
      ...(live ? { min, low, max } : {}),
    })),
  };
}

/** Limits of what is gone say nothing. */
function expected({ groups, pools }: Handles, model: Model, index: number): object {
  return {
    regions: model.regions.filter(({ registered }) => registered).map(({ name }) => name),
    groups: Array.from(groups.keys(), (group) => ({
      path: group.path,
      children: group.removed ? "removed" : model.childrenOf(group).map(({ path }) => path),
    })),
    pools: Array.from(pools.keys(), (pool) => ({
      ...{ usage: Number(pool.usage), peak: pool.gone ? 0 : Number(pool.peak), held: Number(pool.heldBy(index)) },
      ...(pool.live ? shownOf(pool.limits) : {}),
    })),
  };
}

/** Bytes as numbers, or no limit at all. */
function shownOf<Name extends string>(values: Readonly<Record<Name, bigint>>): Record<Name, number> {
  const shown = Object.entries<bigint>(values).map(([name, value]) => [
    name,
    value >= UNLIMITED ? Number.POSITIVE_INFINITY : Number(value),
  ]);
  return Object.fromEntries(shown);
}

/** Asks everything about `pool`, as seen from each pool above it and from some other one. */
export function compareAnswers(handles: Handles, pool: ModelPool, other: ModelPool, ignoreLow: boolean): void {
  const [handle, otherHandle] = [handles.pools.get(pool), handles.pools.get(other)];
  if (!pool.live || !other.live || handle === undefined || otherHandle === undefined) return;
  expect(handle.evictValuable(otherHandle, { ignoreLow })).toEqual(pool.evictValuable(other, ignoreLow));
  expect(handle.evictValuable(null, { ignoreLow })).toEqual(pool.evictValuable(null, ignoreLow));
  for (const root of pool.path) {
    const above = root === pool.top ? null : (handles.pools.get(root) ?? null);
    expect({
      ...handle.effectiveProtection(above),
      belowMin: handle.belowMin(above),
      belowLow: handle.belowLow(above),
    }).toEqual({
      ...shownOf(pool.protection(root)),
      belowMin: pool.isProtected(root, "min"),
      belowLow: pool.isProtected(root, "low"),
    });
  }
  const meeting = pool.path.find(({ group }) => other.group.isWithin(group));
  const ancestor = handle.commonAncestor(otherHandle);
  const isSame = meeting !== undefined && ancestor === handles.pools.get(meeting);
  expect([String(ancestor), isSame]).toEqual([`${meeting?.group.path} ${pool.region.name}`, true]);
}

/** Asks one thing from the top and then one from some other pool, where the first may show. */
export function compareTwoAnswers(handles: Handles, pool: ModelPool, other: ModelPool, questions: Questions): void {
  const [handle, otherHandle] = [handles.pools.get(pool), handles.pools.get(other)];
  if (!pool.live || !other.live || handle === undefined || otherHandle === undefined) return;
  if (pool.usage === 0n) return; // then it depends on whether it was ever used
  const [first, second] = questions;
  expect(handle[first]()).toBe(pool.isProtected(pool.top, KINDS[first]));
  expect(outcome(() => handle[second](otherHandle))).toBe(pool.isProtected(other, KINDS[second]));
}
