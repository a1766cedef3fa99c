import { isInside, meets, type PageRange } from "./page-range.ts";

//   order 3   |            split             |    orders 0b0011
//   order 2   |    taken     |    split      |    0, 0b0011
//   order 1   |              | free  | split |    0b0010, 0b0001
//   order 0                          | f | t |    0b0001, 0

/**
 * `2^order` pages, aligned to their number. A block is wholly free, wholly taken, or split into two halves, its
 * buddies; it is whole again as soon as both of them are free, or both taken.
 */
export class Block implements PageRange {
  readonly first: number;
  readonly order: number;
  /** A bit for each order of which it contains a free block, itself included; 0: taken. */
  orders: number;
  // Both or none. Fields of their own, since there are millions of blocks.
  #low: Block | null = null;
  #high: Block | null = null;

  /** @param order 0 to 30 */
  constructor(first: number, order: number, free: boolean) {
    this.first = first;
    this.order = order;
    this.orders = free ? 1 << order : 0;
  }

  get end(): number {
    return this.first + (1 << this.order);
  }

  get isFree(): boolean {
    return this.orders === 1 << this.order;
  }

  /** Makes the pages of a range free, or taken, as far as they are in this block. */
  mark(range: PageRange, free: boolean): void {
    if (!meets(this, range)) return;
    if (isInside(this, range)) {
      this.#unite(free);
      return;
    }
    this.#low = this.#half(0);
    this.#high = this.#half(1);
    this.#low.mark(range, free);
    this.#high.mark(range, free);
    this.orders = this.#low.orders | this.#high.orders;
    // Stryker disable next-line ConditionalExpression: only memory: halves without a free page need no record
    if (this.orders === 0 || (this.#low.isFree && this.#high.isFree)) this.#unite(free);
  }

  /**
   * The orders of the free blocks in the window; where it cuts through a free block, of those that this would be split
   * into.
   */
  ordersIn(window: PageRange): number {
    // Stryker disable next-line ConditionalExpression: only quicker: the halves have none either
    if (this.orders === 0 || !meets(this, window)) return 0;
    if (isInside(this, window)) return this.orders;
    return this.#half(0).ordersIn(window) | this.#half(1).ordersIn(window);
  }

  /** The lowest block of an order that `ordersIn` reported; the highest if `topDown`. */
  find(order: number, window: PageRange, topDown: boolean): Block {
    if (this.isFree && this.order === order) return this;
    const near = this.#half(topDown ? 1 : 0);
    const isNear = ((near.ordersIn(window) >>> order) & 1) === 1;
    return (isNear ? near : this.#half(topDown ? 0 : 1)).find(order, window, topDown);
  }

  /** The free blocks that meet the window, in ascending order; in descending order if `topDown`. */
  *freeBlocks(window: PageRange, topDown: boolean): Generator<Block> {
    const ahead: Block[] = [this];
    for (let block = ahead.pop(); block !== undefined; block = ahead.pop()) {
      if (block.orders === 0 || !meets(block, window)) continue;
      if (block.isFree) yield block;
      else ahead.push(block.#half(topDown ? 0 : 1), block.#half(topDown ? 1 : 0));
    }
  }

  /** The lower half or the upper one; of a whole block as it would be. */
  #half(upper: 0 | 1): Block {
    const half = upper === 0 ? this.#low : this.#high;
    if (half !== null) return half;
    const order = this.order - 1;
    return new Block(this.first + (upper << order), order, this.orders !== 0);
  }

  #unite(free: boolean): void {
    this.#low = null;
    this.#high = null;
    this.orders = free ? 1 << this.order : 0;
  }
}
