// Charges in a row without leaving the module, and the least that they could cost: the locked adds alone, on the same
// words. Compiled for the benchmark only; what it calls is what the library calls.

import { ACCOUNT_POOL, OK, POOL_PARENT, POOL_USAGE } from "../../../assembly/abi";
import { accountOf } from "../../../assembly/account";
import { tryCharge, uncharge } from "../../../assembly/charge";
import { Address, add64, load32, sub64 } from "../../../assembly/sync";

/** Charges and returns `bytes` so often. @returns how often the charge succeeded */
export function chargeLoop(account: u32, stamp: u32, bytes: u32, times: u32): u32 {
  let succeeded: u32 = 0;
  for (let i: u32 = 0; i < times; i++) {
    if (tryCharge(account, stamp, bytes) !== OK) continue;
    uncharge(account, stamp, bytes);
    succeeded++;
  }
  return succeeded;
}

/** The same number of locked adds and subtractions, and nothing else. */
export function addLoop(account: u32, bytes: u64, times: u32): u32 {
  const leaf = load32(accountOf(account) + ACCOUNT_POOL);
  for (let i: u32 = 0; i < times; i++) {
    for (let counter: Address = leaf; counter !== 0; counter = load32(counter + POOL_PARENT)) {
      add64(counter + POOL_USAGE, bytes);
    }
    for (let counter: Address = leaf; counter !== 0; counter = load32(counter + POOL_PARENT)) {
      sub64(counter + POOL_USAGE, bytes);
    }
  }
  return times;
}
