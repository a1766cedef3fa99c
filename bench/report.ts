import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chart } from "./harness/chart.ts";
import { benchmarkDocument } from "./harness/document.ts";
import type { Report } from "./harness/result.ts";
import { runSuites, SUITES, suiteFile } from "./harness/run.ts";

// `npm run bench:report` runs all suites and writes docs/BENCHMARKS.md with a chart of each; with a file that
// `npm run bench -- --json FILE` wrote, it takes that. A second argument is another folder than docs.

const DOCS = fileURLToPath(new URL("../docs/", import.meta.url));

const [file, folder = DOCS] = process.argv.slice(2);
const { report, failed } = file === undefined ? runAll() : { report: reportIn(file), failed: [] };
if (failed.length > 0) {
  console.error(`Nothing is written: ${failed.join(", ")} failed.`);
  process.exitCode = 1;
} else write(report, folder);

function runAll(): { report: Report; failed: readonly string[] } {
  return runSuites(SUITES.map(suiteFile), "npm run bench:report");
}

function reportIn(file: string): Report {
  return JSON.parse(readFileSync(file, "utf8"));
}

function write(report: Report, folder: string): void {
  mkdirSync(`${folder}/benchmarks`, { recursive: true });
  writeFileSync(`${folder}/BENCHMARKS.md`, benchmarkDocument(report));
  for (const suite of report.suites) writeFileSync(`${folder}/benchmarks/${suite.suite}.svg`, chart(suite));
}
