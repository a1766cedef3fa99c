// Amounts cross the border as doubles. The compiler's conversion saturates and never complains, so the check is ours.

import { AMOUNT_MAX } from "./abi";

/** What `amountOf` returns for anything but a whole number of bytes from 0 to AMOUNT_MAX. */
export const NO_AMOUNT: u64 = u64.MAX_VALUE;

export function amountOf(value: f64): u64 {
  const amount = <i64>value;
  if (<u64>amount > <u64>AMOUNT_MAX || <f64>amount != value) return NO_AMOUNT;
  return <u64>amount;
}
