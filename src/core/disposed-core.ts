import { DmemError } from "./errors.ts";
import type { CoreExports } from "./exports.ts";

export function disposed(): DmemError {
  return new DmemError("ENODEV", "This controller was disposed of. Attach again to go on.");
}

/** What stands for the module's functions once an agent is detached: each refuses. */
export const REFUSING: CoreExports = new Proxy({} as CoreExports, {
  get() {
    throw disposed();
  },
});
