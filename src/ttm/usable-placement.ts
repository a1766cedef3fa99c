import { DmemError } from "../core/errors.ts";
import { type Placement, windowPages } from "./managers/place.ts";
import { requirePages, requireWindow } from "./managers/resource-manager.ts";
import type { MemoryType } from "./memory-type.ts";

type MemoryTypes = ReadonlyMap<string, MemoryType>;

/** Complains about places of which none could take so many pages, whatever is evicted, and about wrong windows. */
export function requireUsable(pages: number, placement: Placement, types: MemoryTypes): void {
  let fits = false;
  for (const place of placement) {
    const type = types.get(place.type);
    if (type === undefined) continue;
    if (!type.isUnlimited) requireWindow({ pages: 1, place }, type.manager.pages);
    fits ||= type.isUnlimited || pages <= windowPages(place, type.manager.pages);
  }
  if (!fits) refuse(pages, placement, types);
}

/** Says why none of the places can take a buffer. */
function refuse(pages: number, placement: Placement, types: MemoryTypes): never {
  const known = placement.flatMap((place) => {
    const type = types.get(place.type);
    return type === undefined ? [] : [{ request: { pages, place }, capacity: type.manager.pages }];
  });
  for (const { request, capacity } of known) requirePages(request, capacity);
  for (const { request, capacity } of known) requireWindow(request, capacity);
  throw new DmemError("EINVAL", `No place is usable: this device has ${[...types.keys()].join(", ")}.`);
}
