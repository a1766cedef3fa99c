import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";

// The blocks of docs/DRIVERS.md are one program. The folder that it is written to is inside the project, so that
// `dmemcg` is the project itself: what was built.

const ROOT = new URL("../../../", import.meta.url);
const FOLDER = new URL("build/drivers-guide/", ROOT);
const SOURCE = fileURLToPath(new URL("guide.mts", FOLDER));
const PROGRAM = fileURLToPath(new URL("guide.mjs", FOLDER));

const guide = readFileSync(new URL("docs/DRIVERS.md", ROOT), "utf8");

function blocks(language: string): string[] {
  return [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(([, block = ""]) => block);
}

/** The project's own settings. */
function settings(): ts.CompilerOptions {
  const path = fileURLToPath(new URL("tsconfig.json", ROOT));
  const { config } = ts.readConfigFile(path, ts.sys.readFile);
  return ts.parseJsonConfigFileContent(config, ts.sys, fileURLToPath(ROOT)).options;
}

beforeAll(() => {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const text = blocks("ts").join("\n");
  writeFileSync(SOURCE, text);
  writeFileSync(PROGRAM, ts.transpileModule(text, { compilerOptions: settings(), fileName: SOURCE }).outputText);
});

test("the guide's program has the types that it should", () => {
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([SOURCE], settings()));
  expect(diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))).toEqual([]);
});

test("it prints what the guide says", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM], { cwd: FOLDER, encoding: "utf8" });
  expect({ stdout, status, stderr }).toEqual({ stdout: blocks("text").join(""), status: 0, stderr: "" });
});

test("the driver has no more lines than its heading says", () => {
  const driver = blocks("ts").slice(0, 2).join("");
  expect(driver.trimEnd().split("\n").length).toBeLessThanOrEqual(50);
});
