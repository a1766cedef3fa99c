import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeMachine } from "./machine.ts";
import { IS_SMALL } from "./mode.ts";
import type { Report, SuiteResult } from "./result.ts";

const FOLDER = fileURLToPath(new URL("..", import.meta.url));

/** The suites that there are: one file each. */
export const SUITES: readonly string[] = readdirSync(FOLDER).flatMap(
  (file) => /^(.+)\.bench\.ts$/.exec(file)?.[1] ?? [],
);

/** Where a suite is. */
export function suiteFile(name: string): string {
  return join(FOLDER, `${name}.bench.ts`);
}

/**
 * Runs suites, each in a process of its own: two instances of the core in one process would slow each other down.
 *
 * @returns what they found, and the files of those that failed
 */
export function runSuites(files: readonly string[], command: string): { report: Report; failed: readonly string[] } {
  const machine = describeMachine();
  const date = new Date().toISOString().slice(0, 10);
  const runs = files.map((file) => ({ file, result: runSuite(file) }));
  const failed = runs.filter(({ result }) => result === null).map(({ file }) => file);
  const suites = runs.flatMap(({ result }) => result ?? []);
  return { report: { machine, command, date, isSmall: IS_SMALL, suites }, failed };
}

/** `null`: it failed, and has said why. */
function runSuite(file: string): SuiteResult | null {
  const folder = mkdtempSync(join(tmpdir(), "dmemcg-bench-"));
  const result = join(folder, "result.json");
  const env = { ...process.env, BENCH_RESULT: result };
  try {
    const { status } = spawnSync(process.execPath, ["--import", "tsx", file], { env, stdio: "inherit" });
    return status === 0 && existsSync(result) ? JSON.parse(readFileSync(result, "utf8")) : null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
