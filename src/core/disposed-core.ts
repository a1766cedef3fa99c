import { DmemError } from "./errors.ts";
import type { CoreExports } from "./exports.ts";

export function disposed(): DmemError {
  return new DmemError("ENODEV", "This controller was disposed of. Attach again to go on.");
}

/** Has each of the module's functions refuse from now on, whoever has hold of them. */
export function shut(call: CoreExports): void {
  const refuse = () => {
    throw disposed();
  };
  for (const name of Object.keys(call)) Object.assign(call, { [name]: refuse });
}
