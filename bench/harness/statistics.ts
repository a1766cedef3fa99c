/** The middle of some numbers, and between which they lie. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value that a `part` of all lies below; between two of them in proportion. */
export function quantile(values: readonly number[], part: number): number {
  if (values.length === 0) throw new RangeError("Nothing has no quantile.");
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const [below = 0, above = 0] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place - Math.floor(place));
}

/** What samples of a time come to: whatever else the machine does only adds to one, so the lower ones tell. */
export function undisturbed(samples: readonly number[]): number {
  return quantile(samples, 0.25);
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}

/** What became of each round's figure in relation to the same round's baseline. */
export function ratios(figures: readonly number[], baselines: readonly number[]): number[] {
  if (figures.length !== baselines.length) throw new RangeError("A ratio is taken within a round.");
  return figures.map((figure, round) => figure / (baselines[round] ?? Number.NaN));
}
