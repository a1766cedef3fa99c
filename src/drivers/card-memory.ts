import { totalmem } from "node:os";
import type { Dmem } from "../cgroup/dmem.ts";
import type { Region } from "../cgroup/region.ts";
import { type Bytes, isBytes, show } from "../core/bytes.ts";
import { rangeError } from "../core/errors.ts";
import { BuddyManager, CountManager, PAGE_BYTES, type ResourceManager, SystemManager } from "../ttm/index.ts";

/** One of a card's memories. */
export interface CardMemory {
  readonly manager: ResourceManager;
  /** Whether it has a region. */
  readonly isAccounted: boolean;
}

/** Memory of the card itself, in blocks of at least `minimumBlock` bytes: accounted. */
export function ownMemory(size: Bytes, what: string, minimumBlock: Bytes): CardMemory {
  const pages = wholePages(size, what);
  const minimumBlockPages = wholePages(minimumBlock, "minimumBlock");
  return { manager: new BuddyManager(pages, { minimumBlockPages }), isAccounted: true };
}

/** System memory that the card has mapped: a budget of so many bytes. */
export function mappedMemory(size: Bytes | undefined, what: string, isAccounted = false): CardMemory {
  const pages = size === undefined ? halfOfMachine() : wholePages(size, what);
  return { manager: new CountManager(pages), isAccounted };
}

/** System memory that the card does not see. */
export function systemMemory(): CardMemory {
  return { manager: new SystemManager(), isAccounted: false };
}

/** Registers `drm/<unique>/<memory>` for what is accounted: all, or none if one is refused. */
export function registerRegions(
  dmem: Dmem,
  unique: string,
  memories: ReadonlyMap<string, CardMemory>,
): Map<string, Region> {
  const regions = new Map<string, Region>();
  try {
    for (const [name, { manager, isAccounted }] of memories) {
      if (!isAccounted) continue;
      regions.set(name, dmem.registerRegion(`drm/${unique}/${name}`, { size: manager.pages * PAGE_BYTES }));
    }
  } catch (error) {
    for (const region of regions.values()) region.unregister();
    throw error;
  }
  return regions;
}

/** The number of pages, at least one, in so many bytes. */
export function wholePages(size: unknown, what: string): number {
  if (isBytes(size) && size > 0 && size % PAGE_BYTES === 0) return size / PAGE_BYTES;
  throw rangeError(`${what} is whole pages of ${PAGE_BYTES} bytes, at least one, not ${show(size)} bytes.`);
}

/** What Linux lets devices have of system memory. */
function halfOfMachine(): number {
  return Math.floor(totalmem() / 2 / PAGE_BYTES);
}
