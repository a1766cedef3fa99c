import { show } from "../../core/bytes.ts";
import { DmemError } from "../../core/errors.ts";
import { Allocations, fitsWindow, meetsWindow } from "./allocations.ts";
import { BlockSpace, type Search, SPACE_MAX } from "./block-space.ts";
import type { PageRange } from "./page-range.ts";
import type { Place } from "./place.ts";
import {
  type Allocation,
  type Request,
  type ResourceManager,
  requireCapacity,
  requirePages,
  requireWindow,
} from "./resource-manager.ts";

export interface BuddyOptions {
  /** Space is handed out in blocks of so many pages: a power of two, 1 if it is not given. 16 are 64 KiB. */
  readonly minimumBlockPages?: number;
}

/**
 * Hands out blocks of 2^n pages, as the VRAM managers of xe and amdgpu do. A freed block unites with its buddy, the
 * free block of equal size next to it, so that large ones come back.
 *
 * A request takes up whole minimum blocks. Unless it is `contiguous` it may be put together from several places: while
 * something is missing, the smallest free block that has at least the largest power of two in that gives what it can;
 * where there is none, the largest free block does. So it is refused only if too little is free in its window. A
 * `contiguous` request takes its pages from the smallest free block that has them all, or else from the first run of
 * free neighbours. So it is refused only if there is no such range in its window.
 *
 * Of several blocks the lowest is used, and of a block the low end; with `topDown` the highest, and the high end. Where
 * a window cuts through a free block, the blocks count that it would be split into.
 *
 * Cost for n minimum blocks: O(log² n) for each range; where a `contiguous` request finds no block, O(1) more for each
 * free block in the window.
 */
export class BuddyManager implements ResourceManager {
  readonly pages: number;
  readonly minimumBlockPages: number;
  readonly #allocations = new Allocations();
  /** Its pages are our minimum blocks. */
  readonly #space: BlockSpace;

  /**
   * @param pages capacity: 1 to 2^30 minimum blocks, not only powers of two
   * @throws {DmemError} `EINVAL` if it is something else, or if the minimum block is not a power of two
   */
  constructor(pages: number, { minimumBlockPages = 1 }: BuddyOptions = {}) {
    requireCapacity(pages);
    if (!isPowerOfTwo(minimumBlockPages) || pages % minimumBlockPages !== 0) {
      const shown = show(minimumBlockPages);
      throw new DmemError("EINVAL", `A minimum block is a power of two that divides ${pages} pages, not ${shown}.`);
    }
    const blocks = pages / minimumBlockPages;
    if (blocks > SPACE_MAX) {
      throw new DmemError("EINVAL", `A buddy manager has at most ${SPACE_MAX} minimum blocks, not ${blocks}.`);
    }
    this.pages = pages;
    this.minimumBlockPages = minimumBlockPages;
    this.#space = new BlockSpace(blocks);
  }

  get usedPages(): number {
    return this.#allocations.pages;
  }

  /** The free blocks in ascending order. */
  freeBlocks(): PageRange[] {
    return Array.from(this.#space.freeBlocks(), (block) => scaled(block, this.minimumBlockPages));
  }

  allocate(request: Request): Allocation | null {
    requirePages(request, this.pages);
    const search = this.#search(request);
    // Stryker disable next-line ConditionalExpression,ArithmeticOperator: only quicker: the space finds out by itself
    if (this.usedPages + search.pages * this.minimumBlockPages > this.pages) return null;
    const ranges = request.place.contiguous ? this.#takeRun(search) : this.#space.takePieces(search);
    return ranges && this.#allocations.add(ranges.map((range) => scaled(range, this.minimumBlockPages)));
  }

  free(allocation: Allocation): void {
    this.#allocations.remove(allocation);
    for (const range of allocation.ranges) this.#space.release(scaled(range, 1 / this.minimumBlockPages));
  }

  fits(allocation: Allocation, place: Place): boolean {
    return fitsWindow(allocation, place);
  }

  overlaps(allocation: Allocation, place: Place): boolean {
    return meetsWindow(allocation, place);
  }

  #takeRun(search: Search): PageRange[] | null {
    const run = this.#space.takeRun(search);
    return run && [run];
  }

  #search(request: Request): Search {
    const size = this.minimumBlockPages;
    const { first, end } = requireWindow(request, this.pages);
    const window = { first: Math.ceil(first / size), end: Math.floor(end / size) };
    const pages = Math.ceil(request.pages / size);
    if (window.end - window.first < pages) {
      const need = `${request.pages} pages take up ${pages} aligned blocks of ${size}`;
      throw new DmemError("EINVAL", `${need}; the window ${first} to ${end} does not hold so many.`);
    }
    return { pages, window, topDown: request.place.topDown === true };
  }
}

function scaled({ first, end }: PageRange, factor: number): PageRange {
  return { first: first * factor, end: end * factor };
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && Number.isInteger(Math.log2(value));
}
