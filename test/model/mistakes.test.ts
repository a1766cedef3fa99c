import { expect, test } from "vitest";
import { Failure } from "./engine/exploration.ts";
import { compileModel } from "./engine/model-core.ts";
import { runProgram } from "./engine/run.ts";
import { MISTAKES } from "./mistakes.ts";
import { PROGRAMS } from "./programs/programs.ts";

// Canaries: what must be noticed, is it?

test.each(MISTAKES.map((mistake) => [mistake.name, mistake] as const))("it is noticed if %s", async (_, mistake) => {
  const { edits, program: name } = mistake;
  const program = PROGRAMS.find((program) => program.name === name);
  if (program === undefined) throw new Error(`There is no program "${name}".`);
  const module = await compileModel(edits);
  expect(() => runProgram(module, program)).toThrow(Failure);
});
