import { AMOUNT_MAX } from "../../../assembly/abi.ts";
import { type Bytes, show } from "../../core/bytes.ts";
import { DmemError } from "../../core/errors.ts";
import type { PageRange } from "./page-range.ts";
import { type Place, windowOf } from "./place.ts";

/** Bytes in a page. */
export const PAGE_BYTES: Bytes = 4096;

/** The largest number of whole pages whose bytes can be counted: 2^41-1. */
export const PAGES_MAX = Math.floor(AMOUNT_MAX / PAGE_BYTES);

/** Space that a manager handed out. The manager knows it by identity: a copy cannot be freed. */
export interface Allocation {
  /** What it takes up, 1 to 2^41-1. At least what was asked for. */
  readonly pages: number;
  /** Its first page; `null` where the manager has no addresses and where it is in several ranges. */
  readonly start: number | null;
  /** Its pages in ascending order, no two ranges adjacent; empty where the manager has no addresses. */
  readonly ranges: readonly PageRange[];
}

export interface Request {
  /** What is needed, 1 to 2^41-1. */
  readonly pages: number;
  /** Its window, `contiguous` and `topDown` count here. */
  readonly place: Place;
}

/**
 * Hands out a device's memory of one type.
 *
 * Equal sequences of calls have equal results: which pages are chosen depends on nothing else.
 *
 * Concurrency: belongs to one thread.
 */
export interface ResourceManager {
  /** Capacity; `Infinity`: unlimited. */
  readonly pages: number;
  /** The sum over all allocations. */
  readonly usedPages: number;

  /**
   * Hands out space, unless there is no room now: too little is free, or what is free is in too small pieces or outside
   * of the window.
   *
   * @returns the space, or `null` if there is no room
   * @throws {DmemError} `EINVAL` if no amount of freeing would help: the pages are not a whole number from 1 to the
   *   manager's, or the window is not inside the manager or smaller than the request
   */
  allocate(request: Request): Allocation | null;

  /**
   * Takes space back.
   *
   * @throws {DmemError} `EINVAL` if it was taken back before, or another manager handed it out
   */
  free(allocation: Allocation): void;

  /**
   * Whether an allocation of this manager is where the place asks for it: wholly in the window, in one range if
   * `contiguous`.
   */
  fits(allocation: Allocation, place: Place): boolean;

  /** Whether freeing the allocation could make room in the place's window. */
  overlaps(allocation: Allocation, place: Place): boolean;
}

/** Complains about a capacity that no manager can have. */
export function requireCapacity(pages: number): void {
  if (isPages(pages)) return;
  throw new DmemError("EINVAL", `A manager has 1 to ${PAGES_MAX} whole pages, not ${show(pages)}.`);
}

/** Complains about a request for more than the manager has, or for no whole number of pages. */
export function requirePages({ pages }: Request, capacity: number): void {
  if (isPages(pages) && pages <= capacity) return;
  const most = Math.min(capacity, PAGES_MAX);
  throw new DmemError("EINVAL", `A request here is for 1 to ${most} whole pages, not ${show(pages)}.`);
}

/** Complains about a window that is not within the manager or cannot take the request. */
export function requireWindow({ pages, place }: Request, capacity: number): PageRange {
  const window = windowOf(place, capacity);
  const { first, end } = window;
  if (!Number.isInteger(first) || !Number.isInteger(end) || first < 0 || first >= end || end > capacity) {
    const shown = `${show(first)} to ${show(end)}`;
    throw new DmemError("EINVAL", `A window here is within 0 to ${capacity} (end exclusive), not ${shown}.`);
  }
  if (end - first < pages) {
    throw new DmemError(
      "EINVAL",
      `The window ${first} to ${end} has ${end - first} pages, not the ${pages} requested.`,
    );
  }
  return window;
}

function isPages(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= PAGES_MAX;
}
