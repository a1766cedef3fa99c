/** Small mode: proves that a suite runs and that its sums are right; says nothing about speed. */
export const IS_SMALL = process.env.BENCH === "small";

/** A size or a count, and what it is in small mode. */
export function sized(full: number, small: number): number {
  return IS_SMALL ? small : full;
}

/** The sizes that a case comes in; in small mode one. */
export function sizes(full: readonly number[], small: number): readonly number[] {
  return IS_SMALL ? [small] : full;
}
