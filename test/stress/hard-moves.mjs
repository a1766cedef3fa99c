import assert from "node:assert/strict";

const PATHS = ["/hard", "/hard/a", "/hard/b"];

/**
 * Moves in the subtree where nobody charges by force. Each thread notes what it holds there in a ledger that all share:
 * after the charge, and before the return. So the ledger never shows more than is charged, and a sum above `max` at any
 * moment, however short, is a charge that should have been refused.
 */
export function hardMoves({ dmem, random, book, view, shared: { ledger, limits } }) {
  const pools = PATHS.map((path) => dmem.cgroup(path).pool(dmem.regions[0]));

  function note(level, bytes) {
    const sum = Atomics.add(ledger, level, bytes) + bytes;
    assert.ok(sum >= 0 && sum <= limits[level], `${PATHS[level]} took ${sum} of ${limits[level]}`);
  }

  function noteAll(level, bytes) {
    note(level, bytes);
    if (level !== 0) note(0, bytes);
  }

  function tryCharge() {
    const level = random.below(PATHS.length);
    const bytes = 1 + random.below(limits[level] >>> random.below(8));
    const limit = pools[level].tryCharge(bytes);
    view.count(limit === null ? "hard tryCharge" : "hard refused");
    if (limit === null) {
      book.add(pools[level], bytes);
      noteAll(level, bytes);
    } else assert.ok(limit === pools[level] || limit === pools[0], `refused by ${limit}`);
  }

  function uncharge() {
    const level = random.below(PATHS.length);
    const [entry] = book.below(PATHS[level], pools[level].region.name);
    if (entry === undefined) return;
    const bytes = random.oneIn(4) ? 1 + random.below(entry.bytes) : entry.bytes;
    noteAll(PATHS.indexOf(entry.path), -bytes);
    entry.pool.uncharge(bytes);
    book.subtract(entry, bytes);
    view.count("hard uncharge");
  }

  return [
    [10, tryCharge],
    [12, uncharge],
  ];
}
