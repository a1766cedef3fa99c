/** Edits that a slip of the fingers takes: up to this many, and up to half of the word, a name is offered. */
const MAX_EDITS = 3;

/**
 * Finds what somebody probably meant.
 *
 * @returns the candidate that takes the fewest edits (insert, delete, replace, swap of neighbours), the earliest of
 *   equals; `null` if none is near
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let bestEdits = Math.min(MAX_EDITS, Math.ceil(word.length / 2)) + 1;
  for (const candidate of candidates) {
    const edits = countEdits(word, candidate);
    if (edits < bestEdits) [best, bestEdits] = [candidate, edits];
  }
  return best;
}

/** `unknown field "lwo" (did you mean "low"?); allowed: min, low, max` */
export function unknownName(kind: string, word: string, allowed: readonly string[]): string {
  const near = nearest(word, allowed);
  const hint = near === null ? "" : ` (did you mean "${near}"?)`;
  return `unknown ${kind} ${JSON.stringify(word.slice(0, 80))}${hint}; allowed: ${allowed.join(", ")}`;
}

/** Optimal string alignment distance, three rows at a time. */
function countEdits(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_EDITS) return MAX_EDITS + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(above, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let edits = Math.min(at(above, j) + 1, at(row, j - 1) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, at(before, j - 2) + 1);
      row.push(edits);
    }
    [before, above] = [above, row];
  }
  return at(above, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}
