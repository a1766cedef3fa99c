import { spawnSync } from "node:child_process";
import os from "node:os";
import type { Machine } from "./result.ts";

/** The C compiler: `CC`, or `cc`. */
export const COMPILER = process.env.CC ?? "cc";

/** What the compiler calls itself; `null`: there is none. */
export function compilerVersion(): string | null {
  const { status, stdout } = spawnSync(COMPILER, ["--version"], { encoding: "utf8" });
  return status === 0 ? (stdout.split("\n", 1)[0] ?? "") : null;
}

/** Where the figures come from: without it they mean nothing. */
export function describeMachine(): Machine {
  const cpus = os.cpus();
  return {
    processor: cpus[0]?.model.trim() ?? "unknown",
    cores: cpus.length,
    memoryBytes: os.totalmem(),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: `${process.version} (V8 ${process.versions.v8})`,
    compiler: compilerVersion(),
    load: os.loadavg()[0] ?? 0,
  };
}
