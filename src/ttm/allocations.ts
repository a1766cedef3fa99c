import { DmemError } from "../core/errors.ts";
import { isInside, meets, type PageRange } from "./page-range.ts";
import { type Place, windowOf } from "./place.ts";
import type { Allocation } from "./resource-manager.ts";

/** What a manager has handed out. */
export class Allocations {
  readonly #held = new Set<Allocation>();
  #pages = 0;

  /** The sum over all of them. */
  get pages(): number {
    return this.#pages;
  }

  /** Enters space with addresses: `ranges` in ascending order, at least one. */
  add(ranges: readonly PageRange[]): Allocation {
    const pages = ranges.reduce((sum, { first, end }) => sum + end - first, 0);
    return this.#enter({ pages, start: ranges.length === 1 ? (ranges[0] as PageRange).first : null, ranges });
  }

  /** Enters space without addresses. */
  addCount(pages: number): Allocation {
    return this.#enter({ pages, start: null, ranges: [] });
  }

  /** Strikes it out, or complains if it is not here. */
  remove(allocation: Allocation): void {
    if (!this.#held.delete(allocation)) throw new DmemError("EINVAL", unknown(allocation));
    this.#pages -= allocation.pages;
  }

  #enter(allocation: Allocation): Allocation {
    this.#held.add(allocation);
    this.#pages += allocation.pages;
    return allocation;
  }
}

export function fitsWindow({ ranges }: Allocation, place: Place): boolean {
  const window = windowOf(place, Number.POSITIVE_INFINITY);
  return ranges.every((range) => isInside(range, window)) && (!place.contiguous || ranges.length === 1);
}

export function meetsWindow({ ranges }: Allocation, place: Place): boolean {
  const window = windowOf(place, Number.POSITIVE_INFINITY);
  return ranges.some((range) => meets(range, window));
}

function unknown({ pages, ranges }: Allocation): string {
  const where = ranges[0] === undefined ? "" : ` from page ${ranges[0].first}`;
  return `The allocation of ${pages} pages${where} is not held here: it was freed before, or another manager's.`;
}
