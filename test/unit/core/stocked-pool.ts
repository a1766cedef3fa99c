import { attachTo, onePool, seenBy } from "../../support/small-dmem.ts";

/** A pool with a stock, as two agents see it. The first has it in hand. */
export function stocked(batch = 100) {
  const one = onePool();
  const other = attachTo(one.dmem);
  one.pool.stock({ batch });
  return { ...one, other, theirs: seenBy(other, one.pool) };
}
