/** What is no whole number of bytes from 0 to 2^53-1. */
export const BAD_AMOUNTS: readonly number[] = [
  -1,
  -0.5,
  0.5,
  2 ** 52 - 0.5,
  -(2 ** 53),
  2 ** 53,
  2 ** 53 + 2,
  2 ** 63,
  2 ** 64,
  Number.MIN_VALUE,
  Number.MAX_VALUE,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];
