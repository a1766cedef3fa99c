// a * b / c, rounded down, with a product of 128 bits: protection is shared out in proportion, and two amounts of a few
// GiB already overflow 64 bits.

/** The largest quotient for which the double estimate below is off by less than 2. */
const ESTIMATE_MAX: f64 = 1125899906842624; // 2^50
/** Above it, remainders of an estimate that is off by 2 would not fit a signed 64-bit number. */
const DIVISOR_MAX: u64 = 1 << 61;

/**
 * Exactly `a * b / c`, rounded down; `c` is not 0. A quotient that does not fit is the largest that does.
 *
 * Cost: one division in the usual cases: a product that fits, or a quotient that a double can estimate and whose error
 * the wrapped 64-bit remainder shows.
 */
export function mulDiv(a: u64, b: u64, c: u64): u64 {
  if (clz(a) + clz(b) >= 64) return (a * b) / c;
  const estimate = (<f64>a * <f64>b) / <f64>c;
  if (estimate > ESTIMATE_MAX || c > DIVISOR_MAX) return mulDivLimbs(a, b, c);
  let quotient = <u64>estimate;
  let rest = <i64>(a * b - quotient * c);
  while (rest < 0) {
    quotient--;
    rest += <i64>c;
  }
  while (<u64>rest >= c) {
    quotient++;
    rest -= <i64>c;
  }
  return quotient;
}

/** The same by 32-bit limbs: schoolbook product, then one quotient digit of 32 bits at a time. */
export function mulDivLimbs(a: u64, b: u64, c: u64): u64 {
  const low = (a & 0xffffffff) * (b & 0xffffffff);
  const middle = (a >> 32) * (b & 0xffffffff) + (low >> 32);
  const cross = (a & 0xffffffff) * (b >> 32) + (middle & 0xffffffff);
  const high = (a >> 32) * (b >> 32) + (middle >> 32) + (cross >> 32);
  if (high >= c) return ~0;
  return divide(high, (cross << 32) | (low & 0xffffffff), c);
}

/** (high * 2^64 + low) / c for high < c. */
function divide(high: u64, low: u64, c: u64): u64 {
  const shift = clz(c); // with the top bit of the divisor set, a digit's estimate is at most 2 too large
  const divisor = c << shift;
  const top = shift == 0 ? high : (high << shift) | (low >> (64 - shift));
  const bottom = low << shift;
  const first = digit(top, bottom >> 32, divisor);
  const rest = ((top << 32) | (bottom >> 32)) - first * divisor;
  return (first << 32) | digit(rest, bottom & 0xffffffff, divisor);
}

/** One quotient digit of 32 bits: (rest * 2^32 + next) / divisor for rest < divisor. */
function digit(rest: u64, next: u64, divisor: u64): u64 {
  const head = divisor >> 32;
  const tail = divisor & 0xffffffff;
  let quotient = rest / head;
  let remainder = rest % head;
  while (quotient > 0xffffffff || quotient * tail > ((remainder << 32) | next)) {
    quotient--;
    remainder += head;
    if (remainder > 0xffffffff) break;
  }
  return quotient;
}
