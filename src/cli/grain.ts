import { PAGE_BYTES } from "../ttm/index.ts";

/** Pools count up to 2^53-1 bytes. */
const PAGES_MAX = Math.floor(Number.MAX_SAFE_INTEGER / PAGE_BYTES);

/**
 * What a replay's card hands out at the least: one byte, so that its figures are as exact as the traces.
 *
 * A device hands out pages. So a page of the replay's device stands for one grain, and its pools count {@link
 * PAGE_BYTES} for each; whatever goes in there or comes out is converted here. On a card of 2 TiB and more, whose bytes
 * would be too many pages, a grain has 2, 4, … bytes, and sizes are rounded up to whole grains.
 */
export class Grain {
  readonly bytes: number;

  /** @param capacity of the card, in bytes */
  constructor(capacity: number) {
    let bytes = 1;
    while (capacity / bytes >= PAGES_MAX) bytes *= 2;
    this.bytes = bytes;
  }

  /** Pages of the device that stand for a buffer; for one that is too large to be counted, more than the card has. */
  pages(bytes: number): number {
    return Math.min(Math.ceil(bytes / this.bytes), PAGES_MAX);
  }

  /** What a pool counts for a limit of so many bytes; one that is too large to be counted is none. */
  toPool(bytes: number): number {
    const amount = Math.floor((bytes * PAGE_BYTES) / this.bytes);
    return amount > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : amount;
  }

  /** The bytes that a pool's count stands for. */
  fromPool(amount: number): number {
    return (amount / PAGE_BYTES) * this.bytes;
  }
}
