import type { Operation } from "./operation.ts";
import type { Scenario } from "./vectors.ts";

// All that may be left out. An excuse is for a difference that was found: whatever passes counts as passed.

/** An operation that the library cannot be asked for: it and the rest of its scenario are left out. */
export class LeftOut extends Error {
  override readonly name = "LeftOut";
}

/** Why a difference may be, and whether the rest of the scenario is lost with it. */
export interface Excuse {
  readonly reason: string;
  readonly stop: boolean;
}

// Asks about a pool that is not below the root it gives. The kernel then compares what its latest walk past that pool,
// as another one's sibling, has left there; here a query visits no siblings.
const STALE = { id: "v-dm-0394", index: 128 };

/** Excuses a difference at this operation, if it is one of those that FORMAT.md allows in section 6. */
export function excuse(scenario: Scenario, operation: Operation): Excuse | null {
  if (scenario.tags.includes("mixed_protection_support")) {
    const reason = "counters with and without protection support are mixed in one tree, which the kernel never does";
    return { reason, stop: true };
  }
  if (scenario.id === STALE.id && operation.index === STALE.index) {
    return { reason: "compares what an earlier query for another pool left behind", stop: false };
  }
  return null;
}
