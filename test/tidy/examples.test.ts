import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";
import { filesIn, ROOT, read } from "./project-files.ts";

// What documents and comments show as programs is compiled and, where they say what it prints, run. The folder is
// inside the project, so that `dmemcg` is the project itself, by its exports: what was built.

const FOLDER = join(ROOT, "build/examples");
const OPTIONS: ts.CompilerOptions = {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2024.d.ts", "lib.esnext.disposable.d.ts"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  noEmit: true,
};

const shown = blocks(read("README.md"));
const commented = filesIn("src").flatMap((file) => {
  const comments = [...read(file).matchAll(/\/\*\*[\s\S]*?\*\//g)].map(([comment]) =>
    comment.replace(/^\s*\* ?/gm, ""),
  );
  return comments.filter((comment) => comment.includes("@example")).flatMap(blocks);
});

beforeAll(() => {
  if (!existsSync(join(ROOT, "dist/index.d.ts"))) throw new Error("Nothing is built: npm run build");
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
});

test("there are examples", () => {
  expect(shown.length).toBeGreaterThan(0);
  expect(commented.length).toBeGreaterThan(0);
});

test("every example compiles", () => {
  const files = [...shown, ...commented].map((program, index) => write(`example-${index}.mts`, program));
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(files, OPTIONS));
  expect(diagnostics.map(sentence)).toEqual([]);
});

test("the first program of the README prints what it says", () => {
  const [, printed] = /^```text\n([\s\S]*?)^```$/m.exec(read("README.md")) ?? [];
  const { outputText } = ts.transpileModule(shown[0] ?? "", { compilerOptions: OPTIONS, fileName: "first.mts" });
  const file = write("first.mjs", outputText);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: printed, stderr: "" });
});

function blocks(text: string): string[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);
}

function write(name: string, text: string): string {
  const file = join(FOLDER, name);
  writeFileSync(file, text);
  return file;
}

function sentence({ file, start = 0, messageText }: ts.Diagnostic): string {
  const line = file === undefined ? "" : ` in: ${file.text.slice(start).split("\n", 1)[0]}`;
  return `${ts.flattenDiagnosticMessageText(messageText, " ")}${line}`;
}
