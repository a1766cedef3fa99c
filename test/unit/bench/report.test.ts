import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { chart } from "../../../bench/harness/chart.ts";
import { benchmarkDocument } from "../../../bench/harness/document.ts";
import type { Report } from "../../../bench/harness/result.ts";

const REPORT: Report = {
  machine: {
    processor: "A processor",
    cores: 2,
    memoryBytes: 8 * 2 ** 30,
    system: "Linux",
    node: "v20.0.0",
    compiler: null,
    load: 0.5,
  },
  command: "npm run bench -- charge memory",
  date: "2000-01-01",
  isSmall: false,
  suites: [
    {
      suite: "charge",
      figures: [
        { name: "a, depth 1", unit: "ns", rounds: 6, median: 12.34, low: 12, high: 13 },
        { name: "b, depth 1", unit: "ns", rounds: 6, median: 1234.5, low: 1200, high: 1300 },
      ],
      ratios: [
        {
          name: "a, depth 1",
          against: "b, depth 1",
          ratio: { median: 0.01, low: 0.009, high: 0.012 },
          target: { timesFaster: 50 },
          isMet: true,
        },
        { name: "a, depth 1", against: "C loop, depth 1", ratio: null, target: { atMost: 1.4 }, isMet: null },
      ],
      notes: ["No C compiler (cc): the cases in C are left out."],
    },
    {
      suite: "memory",
      figures: [
        {
          name: "a pool",
          unit: "bytes",
          rounds: 6,
          median: 130,
          low: 130,
          high: 130,
          target: { atMost: 128 },
          isMet: false,
        },
      ],
      ratios: [],
      notes: [],
    },
  ],
};

const document = benchmarkDocument(REPORT);

test("the machine and the command stand above the figures", () => {
  expect(document).toMatch(/\| command \| `npm run bench -- charge memory` \|\n\| date \| 2000-01-01 \|/);
  expect(document).toContain("| processor | A processor, 2 threads |");
  expect(document.indexOf("A processor")).toBeLessThan(document.indexOf("## charge"));
});

test("a ratio stands beside its target", () => {
  expect(document).toContain("| a, depth 1 | 100 times faster | b, depth 1 | 0.0090, 0.012 | 50 times faster | met |");
});

test("what was left out is said, and is not called missed", () => {
  expect(document).toContain("**No C compiler (cc): the cases in C are left out.**");
  expect(document).toContain("| a, depth 1 | not available | C loop, depth 1 |  | at most 1.4 | cannot be told |");
});

test("a figure has its unit, its rounds and its target", () => {
  expect(document).toContain("| b, depth 1 | 1,235 ns | 1,200, 1,300 |  |  |");
  expect(document).toContain("| a pool | 130 bytes | 130, 130 | at most 128 | not met |");
});

test("small mode is said to say nothing", () => {
  expect(document).not.toContain("small mode");
  expect(benchmarkDocument({ ...REPORT, isSmall: true })).toContain("these figures say nothing about speed");
});

test("a chart names what is compared, once what they have in common", () => {
  const [charge, memory] = REPORT.suites.map(chart);
  expect(charge).toMatch(/^<svg /);
  expect(charge).toContain("a ÷ b, depth 1");
  expect(memory).toContain("a pool: 130 bytes");
});

test("the report is written from a file of figures", () => {
  const folder = mkdtempSync(join(tmpdir(), "dmemcg-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "figures.json");
  writeFileSync(file, JSON.stringify(REPORT));
  const { status } = spawnSync(process.execPath, ["--import", "tsx", "bench/report.ts", file, folder]);
  expect(status).toBe(0);
  expect(readFileSync(join(folder, "BENCHMARKS.md"), "utf8")).toBe(document);
  expect(readFileSync(join(folder, "benchmarks", "memory.svg"), "utf8")).toContain("a pool");
});
