import type { Reclaim, Region } from "../cgroup/region.ts";
import { DmemError } from "../core/errors.ts";
import type { MemoryType } from "./memory-type.ts";

// A device gives its regions a callback each, so that limits that are lowered bring usage down there.

export type AccountedType = MemoryType & { readonly region: Region };

/**
 * Gives each memory's region its callback: all or none.
 *
 * @throws {DmemError} `EBUSY` if one has a callback already. One brings a region's usage down in a thread, so it
 *   accounts one memory of one device there
 */
export function takeRegions(types: readonly AccountedType[], callbackFor: (type: AccountedType) => Reclaim): void {
  requireFree(types);
  try {
    for (const type of types) type.region.reclaim = callbackFor(type);
  } catch (error) {
    leaveRegions(types);
    throw error;
  }
}

export function leaveRegions(types: readonly AccountedType[]): void {
  for (const { region } of types) region.reclaim = undefined;
}

function requireFree(types: readonly AccountedType[]): void {
  const seen = new Set<Region>();
  for (const { region } of types) {
    if (region.reclaim !== undefined || seen.has(region)) {
      throw new DmemError(
        "EBUSY",
        `${region} accounts another memory in this thread, or has a reclaim callback already.`,
      );
    }
    seen.add(region);
  }
}
