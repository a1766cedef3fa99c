import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Report } from "../../../bench/harness/result.ts";
import { SUITES } from "../../../bench/harness/run.ts";

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function program(file: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Run {
  const env = { ...process.env, BENCH: "small", ...more };
  return spawnSync(process.execPath, ["--import", "tsx", file, ...args], { env, encoding: "utf8" });
}

function bench(...args: string[]): Run {
  return program("bench/main.ts", args);
}

/** Runs suites and gives what --json wrote. */
function figures(suites: readonly string[], more: NodeJS.ProcessEnv = {}): Run & { report: Report } {
  const folder = mkdtempSync(join(tmpdir(), "dmemcg-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "figures.json");
  const run = program("bench/main.ts", [...suites, "--json", file], more);
  return { ...run, report: JSON.parse(readFileSync(file, "utf8")) };
}

test.each(SUITES)("the suite %s runs, and leaves everything as it should", (suite) => {
  const { status, stderr, report } = figures([suite]);
  expect(status, stderr).toBe(0);
  expect(report.suites.map((one) => one.suite)).toEqual([suite]);
  const medians = report.suites.flatMap((one) => one.figures.map(({ median }) => median));
  expect(medians.length).toBeGreaterThan(0);
  expect(medians.filter((median) => !(median > 0))).toEqual([]);
});

test("every figure and every ratio is written, with the machine and the command", () => {
  const { stdout, report } = figures(["inside-wasm"]);
  expect(report).toMatchObject({ command: "npm run bench -- inside-wasm", isSmall: true });
  expect(report.machine.node).toContain(process.version);
  const [suite] = report.suites;
  const ratio = suite?.ratios.find(({ name }) => name === "tryCharge inside wasm, depth 16");
  expect(ratio).toMatchObject({ against: "locked adds inside wasm, depth 16", target: { atMost: 1.05 } });
  expect(stdout).toMatch(/tryCharge inside wasm, depth 16 +\d[\d.,]* ns/);
});

test("without a C compiler the cases in C are left out, aloud", () => {
  const { status, stdout, report } = figures(["inside-wasm"], { CC: "/nonexistent" });
  const left = "No C compiler (/nonexistent): the cases in C are left out.";
  expect([status, stdout.startsWith(`${left}\n`)]).toEqual([0, true]);
  const [suite] = report.suites;
  expect(suite?.notes).toEqual([left]);
  expect(suite?.figures.filter(({ name }) => /\bC\b/.test(name))).toEqual([]);
  const inC = suite?.ratios.filter(({ against }) => against.startsWith("C loop"));
  expect(inC?.map(({ ratio }) => ratio)).toEqual([null, null, null, null, null]);
  expect(stdout).toMatch(/depth 16 +not available: C loop, depth 16/);
});

test("a suite whose sums are wrong fails, and shows no figures", () => {
  const { status, stdout, stderr } = program("test/unit/bench/wrong-sum.ts", []);
  expect(status).toBe(1);
  expect(stdout).not.toContain("medians");
  expect(stderr).toContain("1 page is still charged");
});

test("a suite that there is not is named, with those that there are", () => {
  const { status, stderr } = bench("chrage");
  expect([status, stderr]).toEqual([2, `No suite chrage; there are: ${SUITES.join(", ")}.\n`]);
});

test("an option that there is not is named", () => {
  const { status, stderr } = bench("--jsn");
  expect([status, stderr.includes("--jsn")]).toEqual([2, true]);
});
