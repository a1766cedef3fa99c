import { parseArgs } from "node:util";
import { type Exploration, type Explorer, Failure } from "./engine/exploration.ts";
import { compileModel } from "./engine/model-core.ts";
import { explorerOf, runProgram } from "./engine/run.ts";
import { readSchedule, writeSchedule } from "./engine/schedule.ts";
import { trace } from "./engine/trace.ts";
import { LONG, PROGRAMS } from "./programs/programs.ts";
import { writeTables } from "./table.ts";

// npm run model: explores every program, or those whose name contains the text that follows. With --schedule "A3 B …",
// as a failure prints it, runs that one schedule of the program and prints what each step does. With --long, searches
// further than there is time for in the tests. With --write, what was found is written into docs/TESTING.md.

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    schedule: { type: "string" },
    long: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const [text = ""] = positionals;
const all = values.long ? LONG : PROGRAMS;
const exact = all.filter(({ name }) => name === text);
const programs = exact.length > 0 ? exact : all.filter(({ name }) => name.includes(text));
const module = await compileModel();

const found = new Map<string, Exploration>();

if (programs.length === 0) throw new Error(`No program's name contains "${text}".`);
for (const program of programs) {
  if (values.schedule !== undefined) {
    const { explorer, world } = explorerOf(module, program);
    console.log(program.name);
    exploreAnyhow(explorer);
    for (const line of trace(explorer, world, readSchedule(values.schedule))) console.log(line);
    continue;
  }
  const start = performance.now();
  try {
    const exploration = runProgram(module, program);
    const { states, schedules, sharedWords } = exploration;
    found.set(program.name, exploration);
    const ms = Math.round(performance.now() - start);
    console.log(`${program.name}: ${schedules} schedules, ${states} states, ${sharedWords} shared words, ${ms} ms`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.log(`${program.name}: FAILED, ${error.message}; --schedule "${writeSchedule(error.moves)}"`);
    process.exitCode = 1;
  }
}

if (values.write && process.exitCode === undefined) writeTables(found);

/** A schedule counts the accesses of words that are shared: which those are is found by exploring, once more. */
function exploreAnyhow(explorer: Explorer): void {
  try {
    explorer.explore();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
  }
}
