import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";

/** How long the tests may take; a mutant that takes longer runs in circles, and so is noticed. */
const LIMIT_MS = 60_000;

/** Runs the tests on one core after the other. */
export class Tests {
  #process: ChildProcess | null = null;

  /** Whether any test fails on this core. */
  async notice(core: Uint8Array): Promise<boolean> {
    writeFileSync("build/mutation/core.wasm", core);
    this.#process ??= await start();
    this.#process.send("run");
    const passed = await answer(this.#process);
    if (passed === null) this.stop();
    return passed !== true;
  }

  stop(): void {
    this.#process?.kill("SIGKILL");
    this.#process = null;
  }
}

async function start(): Promise<ChildProcess> {
  const runner = fork("test/mutation/core/runner.ts", { execArgv: ["--import", "tsx"] });
  await once(runner, "message");
  return runner;
}

/** Null: there is none. */
function answer(runner: ChildProcess): Promise<boolean | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(null), LIMIT_MS);
    runner.once("message", (passed: boolean) => {
      clearTimeout(timer);
      resolve(passed);
    });
  });
}
