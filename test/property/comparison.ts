import { expect } from "vitest";
import type { Handles } from "./handles.ts";
import type { Model, ModelPool } from "./model.ts";
import { effective, evictValuable, isProtected, shown, top } from "./model-protection.ts";

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
    pools: Array.from(pools.keys(), ({ usage, peak, live, held, limits: { min, low, max } }) => ({
      ...{ usage, peak: live || usage > 0 ? peak : 0, held: held[index] },
      ...(live ? { min: shown(min), low: shown(low), max: shown(max) } : {}),
    })),
  };
}

/** Asks about `pool` as seen from each pool above it, and from some other one. */
export function compareAnswers(handles: Handles, pool: ModelPool, other: ModelPool, ignoreLow: boolean): void {
  const [handle, otherHandle] = [handles.pools.get(pool), handles.pools.get(other)];
  if (!pool.live || !other.live || handle === undefined || otherHandle === undefined) return;
  expect(handle.evictValuable(otherHandle, { ignoreLow })).toEqual(evictValuable(other, pool, ignoreLow));
  expect(handle.evictValuable(null, { ignoreLow })).toEqual(evictValuable(null, pool, ignoreLow));
  for (const root of pool.path) {
    const above = root === top(pool) ? null : (handles.pools.get(root) ?? null);
    expect({
      ...handle.effectiveProtection(above),
      belowMin: handle.belowMin(above),
      belowLow: handle.belowLow(above),
    }).toEqual({
      min: shown(effective(root, pool, "min")),
      low: shown(effective(root, pool, "low")),
      belowMin: isProtected(root, pool, "min"),
      belowLow: isProtected(root, pool, "low"),
    });
  }
  const meeting = pool.path.find(({ group }) => other.group.isWithin(group));
  expect(String(handle.commonAncestor(otherHandle))).toBe(`${meeting?.group.path} ${pool.region.name}`);
}
