import type { Place } from "../../../../src/ttm/managers/place.ts";
import type { Allocation, Request, ResourceManager } from "../../../../src/ttm/managers/resource-manager.ts";

export function request(pages: number, place: Partial<Place> = {}): Request {
  return { pages, place: { type: "vram", ...place } };
}

/** Allocates where there must be room. */
export function take(manager: ResourceManager, pages: number, place: Partial<Place> = {}): Allocation {
  const allocation = manager.allocate(request(pages, place));
  if (allocation === null) throw new Error(`no room for ${pages} pages, ${manager.usedPages} in use`);
  return allocation;
}

/** Takes everything, in pieces of `pages` pages, lowest first. */
export function fill(manager: ResourceManager, pages = 1): Allocation[] {
  return Array.from({ length: manager.pages / pages }, () => take(manager, pages));
}

/** Frees those that have one of these pages. */
export function freeAt(manager: ResourceManager, allocations: readonly Allocation[], pages: readonly number[]): void {
  for (const page of pages) {
    for (const allocation of allocations) {
      if (allocation.ranges.some(({ first, end }) => first <= page && page < end)) manager.free(allocation);
    }
  }
}
