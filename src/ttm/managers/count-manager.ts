import { Allocations } from "./allocations.ts";
import type { Place } from "./place.ts";
import {
  type Allocation,
  type Request,
  type ResourceManager,
  requireCapacity,
  requirePages,
} from "./resource-manager.ts";

/**
 * A budget: a request fits if no more than `pages` are used with it. It has no addresses, so windows and the other
 * wishes of a place mean nothing here, and every eviction helps.
 *
 * Cost: O(1) a call.
 */
export class CountManager implements ResourceManager {
  readonly pages: number;
  readonly #allocations = new Allocations();

  /**
   * @param pages capacity, 1 to 2^41-1, or `Infinity`
   * @throws {DmemError} `EINVAL` if it is something else
   */
  constructor(pages: number) {
    if (pages !== Number.POSITIVE_INFINITY) requireCapacity(pages);
    this.pages = pages;
  }

  get usedPages(): number {
    return this.#allocations.pages;
  }

  allocate(request: Request): Allocation | null {
    requirePages(request, this.pages);
    if (this.usedPages + request.pages > this.pages) return null;
    return this.#allocations.addCount(request.pages);
  }

  free(allocation: Allocation): void {
    this.#allocations.remove(allocation);
  }

  fits(_allocation: Allocation, _place: Place): boolean {
    return true;
  }

  overlaps(_allocation: Allocation, _place: Place): boolean {
    return true;
  }
}
