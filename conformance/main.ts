import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { dmemKind } from "./dmem-replayer.ts";
import { memparseKind } from "./memparse-replayer.ts";
import { BadInput } from "./operation.ts";
import { pageCounterKind } from "./page-counter-replayer.ts";
import { type Kind, type Outcome, replay } from "./replay.ts";
import { lastLine, report, tally } from "./report.ts";
import { type Core, loadSubject, type Subject } from "./subject.ts";
import { TRACE_KIND } from "./trace.ts";
import { ttmKind } from "./ttm-replayer.ts";
import { readDirectory, type Scenario } from "./vectors.ts";

// Replays golden vectors and traces, made by running Linux 7.3, against the built package.
//
//   tsx conformance/main.ts [DIRECTORY] [--core debug|release]
//
// Exit status: 0 all is well, 1 something failed or nothing was run, 2 there is nothing to compare with.

const VECTORS = ["linux-7.3", "ttm-linux-7.3"].map((folder) =>
  fileURLToPath(new URL(`../test/fixtures/${folder}`, import.meta.url)),
);

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof BadInput)) throw error;
  console.error(`conformance: ${error.message}`);
  return 2;
});

async function main(args: string[]): Promise<number> {
  const { directories, cores } = parsed(args);
  const scenarios = directories.flatMap(readDirectory);
  const outcomes: Outcome[] = [];
  for (const core of cores) {
    const found = play(scenarios, await loadSubject(core));
    console.log(report(`${core} core`, found));
    outcomes.push(...found);
  }
  const count = tally(outcomes);
  console.log(lastLine(count));
  return count.failed > 0 || count.passed === 0 ? 1 : 0;
}

function parsed(args: string[]): { directories: string[]; cores: Core[] } {
  const { values, positionals } = options(args);
  const { core } = values;
  if (core !== undefined && core !== "debug" && core !== "release")
    throw new BadInput(`--core ${core}: debug or release.`);
  if (positionals.length > 1) throw new BadInput("one directory of vectors at a time.");
  return {
    directories: positionals.length === 0 ? VECTORS : positionals,
    cores: core === undefined ? ["debug", "release"] : [core],
  };
}

function options(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: { core: { type: "string" } } });
  } catch (error) {
    throw new BadInput(String(error));
  }
}

function play(scenarios: readonly Scenario[], subject: Subject): Outcome[] {
  const kinds = kindsOf(subject);
  const plan = scenarios.map((scenario) => [scenario, checked(scenario, kinds)] as const);
  return plan.map(([scenario, kind]) => replay(scenario, kind));
}

function kindsOf(subject: Subject): ReadonlyMap<string, Kind> {
  const counter = pageCounterKind(subject);
  return new Map([
    ["page_counter", counter],
    ["protection", counter],
    ["memparse", memparseKind(subject)],
    ["dmem", dmemKind(subject)],
    [TRACE_KIND, ttmKind(subject)],
  ]);
}

/** The kind of a scenario, if it and all its operations are known. */
function checked({ file, id, kind, operations }: Scenario, kinds: ReadonlyMap<string, Kind>): Kind {
  const known = kinds.get(kind);
  if (known === undefined) throw new BadInput(`${file}: ${id} is of the unknown kind "${kind}".`);
  const odd = operations.find(({ name }) => !known.operations.includes(name));
  if (odd !== undefined) throw new BadInput(`${file}: ${id} operation ${odd.index}: "${odd.name}" is unknown.`);
  return known;
}
