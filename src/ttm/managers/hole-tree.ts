import type { Hole } from "./hole.ts";
import { commonPages, type PageRange } from "./page-range.ts";

type Tree = Hole | null;

/**
 * Free holes by address: a treap, that is a search tree in which no hole has a higher rank than the one above it. The
 * ranks are scattered, so that it is about as deep as a balanced tree, whatever the order of calls.
 *
 * Cost: O(log n) a call for n holes.
 */
export class HoleTree {
  #root: Tree = null;

  add(hole: Hole): void {
    this.#root = insert(this.#root, hole);
  }

  /** Takes out a hole that is in it. */
  remove(hole: Hole): void {
    this.#root = without(this.#root as Hole, hole);
  }

  /** The hole that this page is in. */
  at(page: number): Hole | null {
    let hole = this.#root;
    // Stryker disable next-line EqualityOperator: at its first page it is found
    while (hole !== null && !(hole.first <= page && page < hole.end)) hole = page < hole.first ? hole.low : hole.high;
    return hole;
  }

  /** The highest hole that has `pages` pages inside the window. */
  highest(pages: number, window: PageRange): Hole | null {
    return highest(this.#root, pages, window);
  }

  /** In ascending order. */
  *[Symbol.iterator](): Generator<Hole> {
    for (let hole = lowestFrom(this.#root, 0); hole !== null; hole = lowestFrom(this.#root, hole.end)) yield hole;
  }
}

function insert(tree: Tree, hole: Hole): Hole {
  if (tree === null) return measured(hole);
  // Stryker disable next-line EqualityOperator: hardly any two have the same rank
  if (rank(hole) > rank(tree)) {
    [hole.low, hole.high] = split(tree, hole.first);
    return measured(hole);
  }
  // Stryker disable next-line EqualityOperator: no two begin at the same page
  if (hole.first < tree.first) tree.low = insert(tree.low, hole);
  else tree.high = insert(tree.high, hole);
  return measured(tree);
}

function without(tree: Hole, hole: Hole): Tree {
  if (tree === hole) return join(tree.low, tree.high);
  // Stryker disable next-line EqualityOperator: no two begin at the same page
  if (hole.first < tree.first) tree.low = without(tree.low as Hole, hole);
  else tree.high = without(tree.high as Hole, hole);
  return measured(tree);
}

/** The holes below the page, and those above it. */
function split(tree: Tree, page: number): [Tree, Tree] {
  if (tree === null) return [null, null];
  // Stryker disable next-line EqualityOperator: none begins there
  if (tree.first < page) {
    const [low, high] = split(tree.high, page);
    tree.high = low;
    return [measured(tree), high];
  }
  const [low, high] = split(tree.low, page);
  tree.low = high;
  return [low, measured(tree)];
}

/** One tree of two, all of whose holes are below or above the other's. */
function join(low: Tree, high: Tree): Tree {
  if (low === null || high === null) return low ?? high;
  // Stryker disable next-line EqualityOperator: hardly any two have the same rank
  if (rank(low) > rank(high)) {
    low.high = join(low.high, high);
    return measured(low);
  }
  high.low = join(low, high.low);
  return measured(high);
}

function highest(tree: Tree, pages: number, window: PageRange): Tree {
  // Stryker disable next-line ConditionalExpression: only quicker
  if (tree === null || tree.largest < pages) return null;
  // Stryker disable next-line ConditionalExpression,EqualityOperator: only quicker
  if (tree.first >= window.end) return highest(tree.low, pages, window);
  const above = highest(tree.high, pages, window);
  if (above !== null || commonPages(tree, window) >= pages) return above ?? tree;
  // Stryker disable next-line ConditionalExpression,EqualityOperator: only quicker
  return tree.first <= window.first ? null : highest(tree.low, pages, window);
}

function lowestFrom(tree: Tree, page: number): Tree {
  if (tree === null) return null;
  return tree.first < page ? lowestFrom(tree.high, page) : (lowestFrom(tree.low, page) ?? tree);
}

function measured(hole: Hole): Hole {
  hole.largest = Math.max(hole.size, hole.low?.largest ?? 0, hole.high?.largest ?? 0);
  return hole;
}

/** A number that looks random, and is the same in every run. */
function rank({ first }: Hole): number {
  const mixed = Math.imul(first ^ (first >>> 16), 0x45d9f3b);
  return Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b) ^ (mixed >>> 13);
}
