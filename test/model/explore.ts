import { beforeAll, test } from "vitest";
import { Failure } from "./engine/exploration.ts";
import { compileModel } from "./engine/model-core.ts";
import type { Program } from "./engine/program.ts";
import { runProgram } from "./engine/run.ts";
import { writeSchedule } from "./engine/schedule.ts";

/** A test for each program. A failure says how its schedule is run again. */
export function explore(programs: readonly Program[]): void {
  let module: WebAssembly.Module;
  beforeAll(async () => {
    module = await compileModel();
  });
  test.each(programs.map((program) => [program.name, program] as const))("%s", (_, program) => {
    try {
      runProgram(module, program);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const again = `npm run model -- "${program.name}" --schedule "${writeSchedule(error.moves)}"`;
      throw new Error(`${error.message}\n${again}`, { cause: error });
    }
  });
}
