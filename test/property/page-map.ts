import { expect } from "vitest";
import type { PageRange } from "../../src/ttm/managers/page-range.ts";

/** One boolean for each page: what a manager looks like from outside. */
export class PageMap {
  readonly #taken: boolean[];

  constructor(pages: number) {
    this.#taken = Array<boolean>(pages).fill(false);
  }

  get taken(): number {
    return this.#taken.filter(Boolean).length;
  }

  take(range: PageRange): void {
    for (let page = range.first; page < range.end; page++) {
      expect([page, this.#taken[page]]).toEqual([page, false]);
      this.#taken[page] = true;
    }
  }

  release(range: PageRange): void {
    this.#taken.fill(false, range.first, range.end);
  }

  freeIn({ first, end }: PageRange): number {
    return this.#taken.slice(first, end).filter((taken) => !taken).length;
  }

  longestRun({ first, end }: PageRange): number {
    const runs = this.#taken.slice(first, end).map((taken) => (taken ? "x" : "."));
    return Math.max(
      ...runs
        .join("")
        .split(/x/)
        .map(({ length }) => length),
    );
  }

  /** The free pages in aligned blocks of `size` or less, as large as they can be, down to `smallest`. */
  blocks(size: number, smallest: number, first = 0): PageRange[] {
    const end = first + size;
    if (end <= this.#taken.length && this.freeIn({ first, end }) === size) return [{ first, end }];
    if (size === smallest) return [];
    return [...this.blocks(size / 2, smallest, first), ...this.blocks(size / 2, smallest, first + size / 2)];
  }
}
