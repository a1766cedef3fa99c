import { expect } from "vitest";
import type { DmemError } from "../../src/index.ts";

/** What comes back, or the code of what is thrown. */
export function outcome(attempt: () => unknown): unknown {
  try {
    return attempt();
  } catch (error) {
    if (typeof (error as DmemError).code === "string") return (error as DmemError).code;
    throw error;
  }
}

/** `expected` may allow several codes: "EINVAL or ENODEV". */
export function expectOutcome(attempt: () => unknown, expected: unknown): void {
  const allowed = typeof expected === "string" ? expected.split(" or ") : [expected];
  expect(allowed).toContainEqual(outcome(attempt));
}
