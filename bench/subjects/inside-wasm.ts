import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Dmem } from "dmemcg";
import { compiled } from "../harness/compiled.ts";
import { arenaOf } from "./arena.ts";

/** What assembly/loops.ts exports. */
export interface Loops {
  chargeLoop(account: number, stamp: number, bytes: number, times: number): number;
  addLoop(account: number, bytes: bigint, times: number): number;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SOURCES = [`${ROOT}assembly/`, `${ROOT}bench/subjects/assembly/`];

/** As the library's module is compiled, but for what is exported. */
const FLAGS =
  "--config none --importMemory --sharedMemory --initialMemory 1 --maximumMemory 65536 --noExportMemory " +
  "--runtime stub --enable threads --use abort= --optimizeLevel 3 --shrinkLevel 0 --converge " +
  "--transform ./scripts/inline-charging.mjs";

/** Makes an instance of the loops on the controller's memory. */
export function loopsOn(dmem: Dmem): Loops {
  const module = new WebAssembly.Module(readFileSync(compiled("loops.wasm", SOURCES, compile)));
  return new WebAssembly.Instance(module, { env: { memory: arenaOf(dmem) } }).exports as unknown as Loops;
}

function compile(output: string): void {
  const asc = ["node_modules/assemblyscript/bin/asc.js", "bench/subjects/assembly/loops.ts", "--outFile", output];
  const { status, stderr } = spawnSync(process.execPath, [...asc, ...FLAGS.split(" ")], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`bench/subjects/assembly does not compile:\n${stderr}`);
}
