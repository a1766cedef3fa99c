import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { compiled, filesIn } from "../harness/compiled.ts";
import { COMPILER, compilerVersion } from "../harness/machine.ts";

// The kernel's algorithm in C, compiled when it is first needed. A counter is a number. See native/module.c.

/** Known to the addon only. */
export type Choice = { readonly choice: unique symbol };
/** The same. */
export type BufferList = { readonly list: unique symbol };

export interface Native {
  plant(parents: Int32Array): number;
  set(counter: number, min: number, low: number, max: number): void;
  usage(counter: number): number;
  failures(counter: number): number;
  asked(counter: number, kind: 0 | 1): number;
  tryCharge(counter: number, bytes: number): 0 | 1;
  uncharge(counter: number, bytes: number): void;
  chargeLoop(counter: number, bytes: number, times: number): number;
  floorLoop(counter: number, bytes: number, times: number): number;
  choose(counters: Int32Array): Choice;
  chargeChosen(choice: Choice, bytes: number): number;
  walk(limit: number, test: number): 0 | 1;
  list(pools: Int32Array): BufferList;
  scan(list: BufferList, limit: number): number;
  scanByPath(list: BufferList, limit: number): number;
}

const SOURCES = fileURLToPath(new URL("native/", import.meta.url));
const require = createRequire(import.meta.url);

/** `null` without a compiler; then {@link missing} says so. */
export const native = load();

/** What a suite that compares with C has to say about it. */
export const missing: readonly string[] =
  native === null ? [`No C compiler (${COMPILER}): the cases in C are left out.`] : [];

/** Cases that need it. */
export function ifNative<T>(cases: (native: Native) => readonly T[]): readonly T[] {
  return native === null ? [] : cases(native);
}

function load(): Native | null {
  if (compilerVersion() === null) {
    console.log(`No C compiler (${COMPILER}): the cases in C are left out.`);
    return null;
  }
  return require(compiled("kernel.node", [SOURCES], compile)) as Native;
}

function compile(output: string): void {
  const { include_dir: headers } = require("node-api-headers") as { include_dir: string };
  const symbols = process.platform === "darwin" ? ["-undefined", "dynamic_lookup"] : [];
  const sources = filesIn(SOURCES).filter((file) => file.endsWith(".c"));
  const flags = ["-O2", "-shared", "-fPIC", ...symbols, `-I${headers}`, ...sources, "-o", output];
  const { status, stderr } = spawnSync(COMPILER, flags, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${COMPILER} does not compile bench/baselines/native:\n${stderr}`);
}
