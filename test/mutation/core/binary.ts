import { readFileSync } from "node:fs";

// What stands in for `#core-binary`: the core that is under test now.

export { layoutStamp } from "../../../build/release.ts";
export const wasmBase64: string = readFileSync("build/mutation/core.wasm").toString("base64");
