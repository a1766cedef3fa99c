import { Allocations, fitsWindow, meetsWindow } from "./allocations.ts";
import { Hole } from "./hole.ts";
import { HoleSizes } from "./hole-sizes.ts";
import { HoleTree } from "./hole-tree.ts";
import { commonPages, cut, intersection, type PageRange } from "./page-range.ts";
import type { Place } from "./place.ts";
import {
  type Allocation,
  type Request,
  type ResourceManager,
  requireCapacity,
  requirePages,
  requireWindow,
} from "./resource-manager.ts";

/**
 * Hands out one range of pages for each request, where TTM's range manager of Linux 7.3 would put it.
 *
 * Best fit: of the free holes whose part in the window is large enough, the smallest hole is taken, of equal ones the
 * newest, and of its part in the window the low end. With `topDown` the highest such hole, and the high end. A hole is
 * new whenever its bounds change; of the two rests of a hole the upper one is the newer.
 *
 * Cost for n holes: O(log n) to free, and to allocate from the whole or top-down or in vain. In a window O(n): the
 * holes outside of it that would fit better are passed over one by one.
 */
export class RangeManager implements ResourceManager {
  readonly pages: number;
  readonly #allocations = new Allocations();
  readonly #sizes = new HoleSizes();
  readonly #tree = new HoleTree();

  /**
   * @param pages capacity, 1 to 2^41-1
   * @throws {DmemError} `EINVAL` if it is something else
   */
  constructor(pages: number) {
    requireCapacity(pages);
    this.pages = pages;
    this.#open(0, pages);
  }

  get usedPages(): number {
    return this.#allocations.pages;
  }

  /** What is free, in ascending order, no two ranges adjacent. Cost: O(n log n) for n of them. */
  freeRanges(): PageRange[] {
    return Array.from(this.#tree, ({ first, end }) => ({ first, end }));
  }

  allocate(request: Request): Allocation | null {
    requirePages(request, this.pages);
    const window = requireWindow(request, this.pages);
    const { pages, place } = request;
    const hole = this.#choose(pages, window, place.topDown === true);
    if (hole === null) return null;
    const range = cut(intersection(hole, window), pages, place.topDown === true);
    this.#close(hole);
    this.#open(hole.first, range.first);
    this.#open(range.end, hole.end);
    return this.#allocations.add([range]);
  }

  free(allocation: Allocation): void {
    this.#allocations.remove(allocation);
    const first = allocation.start as number;
    const end = first + allocation.pages;
    const [below, above] = [this.#tree.at(first - 1), this.#tree.at(end)];
    if (below !== null) this.#close(below);
    if (above !== null) this.#close(above);
    this.#open(below?.first ?? first, above?.end ?? end);
  }

  fits(allocation: Allocation, place: Place): boolean {
    return fitsWindow(allocation, place);
  }

  overlaps(allocation: Allocation, place: Place): boolean {
    return meetsWindow(allocation, place);
  }

  /** Whether it was handed out here and not taken back. */
  protected holds(allocation: Allocation): boolean {
    return this.#allocations.holds(allocation);
  }

  #choose(pages: number, window: PageRange, topDown: boolean): Hole | null {
    const highest = this.#tree.highest(pages, window);
    // Stryker disable next-line ConditionalExpression: only quicker: there is none below either
    if (highest === null || topDown) return highest;
    for (const hole of this.#sizes.from(pages)) if (commonPages(hole, window) >= pages) return hole;
    return null;
  }

  #open(first: number, end: number): void {
    if (first === end) return;
    const hole = new Hole(first, end);
    this.#sizes.add(hole);
    this.#tree.add(hole);
  }

  #close(hole: Hole): void {
    this.#sizes.remove(hole);
    this.#tree.remove(hole);
  }
}
