// The compiled core, embedded as text so that no path has to be resolved: not in ESM, not in CJS, not in a bundler, not
// in a worker. `npm run build:core` writes the file behind `#core-binary`.

import { layoutStamp, wasmBase64 } from "#core-binary";

export { layoutStamp };

let compiled: WebAssembly.Module | undefined;

/** The core as a module, compiled once a thread. */
export function coreModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Buffer.from(wasmBase64, "base64"));
  return compiled;
}
