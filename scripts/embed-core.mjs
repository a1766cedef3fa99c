// Writes build/<target>.ts: the compiled core as base64 text, with a stamp of the layout that it was compiled for.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const stamp = createHash("sha256").update(readFileSync("assembly/abi.ts")).digest().readUInt32LE(0);

for (const target of process.argv.slice(2)) {
  const text = readFileSync(`build/${target}.wasm`).toString("base64");
  writeFileSync(
    `build/${target}.ts`,
    `export const layoutStamp: number = ${stamp};\nexport const wasmBase64: string = "${text}";\n`,
  );
}
