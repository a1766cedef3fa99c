import { bitsFrom, ceilLog2, highestBit, lowestBit } from "./bits.ts";
import { Block } from "./block.ts";
import { cut, intersection, type PageRange } from "./page-range.ts";

/** A request as the buddy space sees it. All its pages are minimum blocks. */
export interface Search {
  readonly pages: number;
  readonly window: PageRange;
  readonly topDown: boolean;
}

/** The largest space, in pages. */
export const SPACE_MAX = 2 ** 30;

/** A buddy system of any number of pages, without a book of who has what. */
export class BlockSpace {
  /** What is behind the end is taken for good, so that the blocks before it never unite with it. */
  readonly #root: Block;

  /** @param pages 1 to `SPACE_MAX` */
  constructor(pages: number) {
    this.#root = new Block(0, ceilLog2(pages), true);
    this.#root.mark({ first: pages, end: SPACE_MAX }, false);
  }

  /** In ascending order. */
  freeBlocks(): Iterable<PageRange> {
    return this.#root.freeBlocks(this.#root, false);
  }

  release(range: PageRange): void {
    this.#root.mark(range, true);
  }

  /**
   * Takes one range of pages from the smallest free block that has them all, or else from the first run of free blocks.
   */
  takeRun(search: Search): PageRange | null {
    const range = this.#findWhole(search) ?? this.#findRun(search);
    return range === null ? null : this.#take(range, search.pages, search.topDown);
  }

  /** Takes pages wherever some are free in the window. @returns ranges in ascending order, or `null` if too few are */
  takePieces({ pages, window, topDown }: Search): PageRange[] | null {
    const pieces: PageRange[] = [];
    for (let missing = pages; missing > 0; ) {
      const block = this.#findPiece({ pages: missing, window, topDown });
      if (block === null) {
        for (const piece of pieces) this.release(piece);
        return null;
      }
      const piece = this.#take(block, Math.min(missing, block.end - block.first), topDown);
      pieces.push(piece);
      missing -= piece.end - piece.first;
    }
    return ascending(pieces);
  }

  #take(range: PageRange, pages: number, topDown: boolean): PageRange {
    const taken = cut(range, pages, topDown);
    this.#root.mark(taken, false);
    return taken;
  }

  #findWhole({ pages, window, topDown }: Search): Block | null {
    const orders = bitsFrom(this.#root.ordersIn(window), ceilLog2(pages));
    return orders === 0 ? null : this.#root.find(lowestBit(orders), window, topDown);
  }

  /** The smallest free block that has the largest power of two in `pages`, or else the largest free block. */
  #findPiece({ pages, window, topDown }: Search): Block | null {
    const orders = this.#root.ordersIn(window);
    if (orders === 0) return null;
    const enough = bitsFrom(orders, highestBit(pages));
    return this.#root.find(enough === 0 ? highestBit(orders) : lowestBit(enough), window, topDown);
  }

  #findRun({ pages, window, topDown }: Search): PageRange | null {
    let run: PageRange | null = null;
    for (const block of this.#root.freeBlocks(window, topDown)) {
      const part = intersection(block, window);
      run = joined(run, part) ?? part;
      if (run.end - run.first >= pages) return run;
    }
    return null;
  }
}

function ascending(pieces: PageRange[]): PageRange[] {
  const ranges: PageRange[] = [];
  for (const piece of pieces.sort((a, b) => a.first - b.first)) {
    const both = joined(ranges.at(-1) ?? null, piece);
    if (both !== null) ranges.pop();
    ranges.push(both ?? piece);
  }
  return ranges;
}

/** One range of two neighbours; `null` if they are not. */
function joined(a: PageRange | null, b: PageRange): PageRange | null {
  if (a?.end === b.first) return { first: a.first, end: b.end };
  return a?.first === b.end ? { first: b.first, end: a.end } : null;
}
