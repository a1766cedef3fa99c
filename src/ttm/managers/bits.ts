/** Floor of the binary logarithm, for 1 to 2^32-1. */
export function highestBit(bits: number): number {
  return 31 - Math.clz32(bits);
}

export function lowestBit(bits: number): number {
  return highestBit(bits & -bits);
}

/** The bits from number `order` up. */
export function bitsFrom(bits: number, order: number): number {
  return (bits >>> order) << order;
}

/** Ceiling of the binary logarithm, for 1 to 2^31. */
export function ceilLog2(value: number): number {
  return 32 - Math.clz32(value - 1);
}
