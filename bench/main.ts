import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runSuites, SUITES, suiteFile } from "./harness/run.ts";

// `npm run bench -- charge tree --json figures.json` runs two suites; without names all run.

process.exitCode = main();

function main(): number {
  const { names, json, error } = commandLine();
  const unknown = names.filter((name) => !SUITES.includes(name));
  if (unknown.length > 0) console.error(`No suite ${unknown.join(", ")}; there are: ${SUITES.join(", ")}.`);
  if (error !== undefined) console.error(error);
  if (error !== undefined || unknown.length > 0) return 2;
  const wanted = names.length > 0 ? names : SUITES;
  const command = ["npm run bench --", ...names].join(" ").replace(/ --$/, "");
  const { report, failed } = runSuites(wanted.map(suiteFile), command);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`);
  for (const file of failed) console.error(`${file} failed.`);
  return failed.length > 0 ? 1 : 0;
}

function commandLine(): { names: readonly string[]; json?: string | undefined; error?: string } {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: "string" } } });
    return { names: positionals, json: values.json };
  } catch (error) {
    return { names: [], error: (error as Error).message };
  }
}
