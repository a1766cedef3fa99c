/** The middle of some numbers, and between which they lie. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) throw new RangeError("Nothing has no median.");
  const [below = 0, above = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return (below + above) / 2;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}

/** What became of each round's figure in relation to the same round's baseline. */
export function ratios(figures: readonly number[], baselines: readonly number[]): number[] {
  if (figures.length !== baselines.length) throw new RangeError("A ratio is taken within a round.");
  return figures.map((figure, round) => figure / (baselines[round] ?? Number.NaN));
}
