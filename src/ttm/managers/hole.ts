import type { PageRange } from "./page-range.ts";

/** Free pages between taken ones. Its bounds never change: a hole that grows or shrinks is replaced by a new one. */
export class Hole implements PageRange {
  readonly first: number;
  readonly end: number;

  // Written by HoleSizes: its neighbours among the holes of its size.
  newer: Hole | null = null;
  older: Hole | null = null;

  // Written by HoleTree: the subtrees below and above it, and the size of the largest hole in either of them and
  // itself.
  low: Hole | null = null;
  high: Hole | null = null;
  largest = 0;

  constructor(first: number, end: number) {
    this.first = first;
    this.end = end;
  }

  get size(): number {
    return this.end - this.first;
  }
}
