import type { Hole } from "./hole.ts";

// By size:   #sizes  3   8   64        ascending
//                    |   |   |
//           #newest  o   o   o
//                    |   |             older
//                    o   o

/**
 * Free holes by size, the newest first among those of equal size.
 *
 * Cost: holes of n different sizes have at least n²/2 pages, so that the array of sizes stays short: below 6,000 for
 * 64 GiB. Adding or removing a hole searches it, and moves its end when a size appears or vanishes.
 */
export class HoleSizes {
  // Stryker disable next-line ArrayDeclaration: no hole has what is no size
  readonly #sizes: number[] = [];
  readonly #newest = new Map<number, Hole>();

  /** Enters a hole as the newest. */
  add(hole: Hole): void {
    const older = this.#newest.get(hole.size) ?? null;
    if (older === null) this.#sizes.splice(this.#position(hole.size), 0, hole.size);
    else older.newer = hole;
    hole.older = older;
    this.#newest.set(hole.size, hole);
  }

  /** Takes a hole out, for good. */
  remove(hole: Hole): void {
    const { newer, older, size } = hole;
    if (older !== null) older.newer = newer;
    if (newer !== null) {
      newer.older = older;
    } else if (older !== null) {
      this.#newest.set(size, older);
    } else {
      this.#newest.delete(size);
      this.#sizes.splice(this.#position(size), 1);
    }
  }

  /** All holes of at least `pages` pages: small ones first, and the newest first among equals. */
  *from(pages: number): Generator<Hole> {
    // Stryker disable next-line EqualityOperator: there is no hole of no size
    for (let i = this.#position(pages); i < this.#sizes.length; i++) {
      let hole = this.#newest.get(this.#sizes[i] as number) ?? null;
      for (; hole !== null; hole = hole.older) yield hole;
    }
  }

  /** The number of smaller sizes. */
  #position(size: number): number {
    let [low, high] = [0, this.#sizes.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sizes[middle] as number) < size) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
