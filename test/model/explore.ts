import { beforeAll, test } from "vitest";
import { Failure } from "./engine/exploration.ts";
import { compileModel } from "./engine/model-core.ts";
import type { Program } from "./engine/program.ts";
import { runProgram } from "./engine/run.ts";
import { writeSchedule } from "./engine/schedule.ts";

/** Not how long it takes, but when it is hopeless: a search is a few seconds of work for a processor of its own. */
const TIMEOUT_MS = 600_000;

/** A test for each program. A failure says how its schedule is run again. */
export function explore(programs: readonly Program[]): void {
  let module: WebAssembly.Module;
  beforeAll(async () => {
    module = await compileModel();
  });
  const named = programs.map((program) => [program.name, program] as const);
  test.each(named)("%s", { timeout: TIMEOUT_MS }, (_, program) => {
    try {
      runProgram(module, program);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const again = `npm run model -- "${program.name}" --schedule "${writeSchedule(error.moves)}"`;
      throw new Error(`${error.message}\n${again}`, { cause: error });
    }
  });
}
