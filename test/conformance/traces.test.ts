import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";

// Runs the replayer as a user does, against the built package, over a trace of two scenarios.

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "dmemcg-traces-"));
const TIMEOUT_MS = 60_000;

interface Line {
  [key: string]: unknown;
  t: string;
  op?: string;
}

/** Both halves of the first minimal pair: a tree directly below the root, and the same below another group. */
const trace = firstScenarios("directed-j.jsonl.gz", 2);

afterAll(() => rmSync(folder, { recursive: true }));

test(
  "a trace is counted by family",
  () => {
    const run = conformance(trace);
    expect(run).toMatchObject({ status: 0, stderr: "" });
    expect(run.lines).toContainEqual(expect.stringMatching(/^ *family j +ttm +2 +0 +0$/));
    expect(run.lines.at(-1)).toBe("2 passed, 0 failed");
  },
  TIMEOUT_MS,
);

// The canaries: what was changed has to be found, or nothing else here means anything.
test.each<[string, (line: Line) => void]>([
  ["a return code", (line) => Object.assign(line, { ret: -5 })],
  ["an event", (line) => Object.assign(line, { ev: [["move", 0, 0, "sys", "vram", 0]] })],
  ["a group's file", (line) => Object.assign(line, { cg: { ...(line.cg as object), "/u": null } })],
  ["the root's usage", (line) => Object.assign(line, { root_current: [4097] })],
  ["a device", (line) => Object.assign(line, { dev: [] })],
  ["the charges without a device", (line) => Object.assign(line, { raw: [{ id: 1 }] })],
])(
  "%s that is not what is expected is found",
  (_, change) => {
    const changed = structuredClone(trace);
    const line = changed.find(({ op }) => op?.startsWith("alloc "));
    if (line !== undefined) change(line);
    const run = conformance(changed);
    expect(run.status).toBe(1);
    expect(run.lines.at(-1)).toBe("1 passed, 1 failed");
    expect(run.stdout).toMatch(new RegExp(`failed .*, operation ${line?.i} \\(alloc\\): `));
  },
  TIMEOUT_MS,
);

test.each<[string, (lines: Line[]) => unknown[], RegExp]>([
  ["a trace that breaks off", (lines) => lines.slice(0, -1), /breaks off here/],
  ["an operation that is missing", (lines) => lines.filter(({ i }) => i !== 3), /not operation 3/],
  ["a scenario without a name", ([begin, ...rest]) => [{ ...begin, name: 1 }, ...rest], /without name or family/],
  ["an operation that is unknown", (lines) => renamed(lines, "freeze /a"), /"freeze" is unknown/],
  ["a word too few", (lines) => renamed(lines, "mkdir"), /no word 1/],
  ["a placement list that is none", (lines) => renamed(lines, "alloc / 0 99 1 disk 0"), /not a placement list/],
])(
  "%s is bad input",
  (_, change, message) => {
    expect(conformance(change(trace))).toMatchObject({ status: 2, stderr: expect.stringMatching(message) });
  },
  TIMEOUT_MS,
);

function firstScenarios(file: string, count: number): Line[] {
  const path = join(root, "test/fixtures/ttm-linux-7.3", file);
  const lines: Line[] = gunzipSync(readFileSync(path))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const begins = lines.flatMap(({ t }, index) => (t === "begin" ? [index] : []));
  return [...lines.slice(0, begins[count]), { t: "eof" }];
}

/** The lines with another last operation. */
function renamed(lines: readonly Line[], op: string): Line[] {
  return lines.map((line, index) => (index === lines.length - 2 ? { ...line, op } : line));
}

function conformance(lines: readonly unknown[]) {
  const directory = mkdtempSync(join(folder, "case-"));
  writeFileSync(join(directory, "trace.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const command = ["--import", "tsx", "conformance/main.ts", directory, "--core", "release"];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: "utf8" });
  return { status, stdout, stderr, lines: stdout.trimEnd().split("\n") };
}
