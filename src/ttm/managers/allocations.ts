import { DmemError } from "../../core/errors.ts";
import { isInside, meets, type PageRange } from "./page-range.ts";
import { type Place, windowOf } from "./place.ts";
import type { Allocation } from "./resource-manager.ts";

const NOWHERE: readonly PageRange[] = Object.freeze([]);

/** Space that knows in whose book it is: the book needs no entry for each of a million of them. */
abstract class Space implements Allocation {
  readonly pages: number;
  abstract readonly start: number | null;
  abstract readonly ranges: readonly PageRange[];
  #book: Allocations | null;

  constructor(book: Allocations, pages: number) {
    this.#book = book;
    this.pages = pages;
  }

  static isIn(book: Allocations, allocation: Allocation): allocation is Space {
    return #book in allocation && allocation.#book === book;
  }

  leave(): void {
    this.#book = null;
  }
}

class Count extends Space {
  get start(): null {
    return null;
  }

  get ranges(): readonly PageRange[] {
    return NOWHERE;
  }
}

class Range extends Space {
  readonly start: number;

  constructor(book: Allocations, { first, end }: PageRange) {
    super(book, end - first);
    this.start = first;
  }

  get ranges(): readonly PageRange[] {
    return [{ first: this.start, end: this.start + this.pages }];
  }
}

class Pieces extends Space {
  readonly ranges: readonly PageRange[];

  constructor(book: Allocations, ranges: readonly PageRange[]) {
    super(
      book,
      ranges.reduce((sum, { first, end }) => sum + end - first, 0),
    );
    this.ranges = ranges;
  }

  get start(): null {
    return null;
  }
}

/** What a manager has handed out. */
export class Allocations {
  #pages = 0;

  /** The sum over all of them. */
  get pages(): number {
    return this.#pages;
  }

  /** Enters space with addresses: `ranges` in ascending order, at least one. */
  add(ranges: readonly PageRange[]): Allocation {
    return this.#enter(ranges.length === 1 ? new Range(this, ranges[0] as PageRange) : new Pieces(this, ranges));
  }

  /** Enters space without addresses. */
  addCount(pages: number): Allocation {
    return this.#enter(new Count(this, pages));
  }

  holds(allocation: Allocation): boolean {
    return Space.isIn(this, allocation);
  }

  /** Strikes it out, or complains if it is not here. */
  remove(allocation: Allocation): void {
    if (!Space.isIn(this, allocation)) throw new DmemError("EINVAL", unknown(allocation));
    allocation.leave();
    this.#pages -= allocation.pages;
  }

  #enter(space: Space): Allocation {
    this.#pages += space.pages;
    return space;
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

function unknown({ pages, ranges }: Partial<Allocation>): string {
  const where = ranges?.[0] === undefined ? "" : ` from page ${ranges[0].first}`;
  return `The allocation of ${pages} pages${where} is not held here: it was freed before, or another manager's.`;
}
