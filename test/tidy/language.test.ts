import ts from "typescript";
import { expect, test } from "vitest";
import { files, nodesThat } from "./project-files.ts";

const programs = files.filter((file) => file.endsWith(".ts"));
/** The only way to tell the compiler of a global namespace that exists. */
const DECLARES_NAMESPACE = "src/core/webassembly.d.ts";

function violations(matches: (node: ts.Node) => boolean, exceptions = /^$/): string[] {
  return programs.filter((file) => !exceptions.test(file)).flatMap((file) => nodesThat(file, matches));
}

test("there is no enum", () => {
  expect(violations(ts.isEnumDeclaration)).toEqual([]);
});

test("there is no namespace", () => {
  const isNamespace = (node: ts.Node) => ts.isModuleDeclaration(node) && !ts.isStringLiteral(node.name);
  expect(violations(isNamespace, new RegExp(`^${DECLARES_NAMESPACE}$`))).toEqual([]);
});

test("there is no default export, except where a tool wants one", () => {
  const isDefault = (node: ts.Node) => ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword;
  const isDefaultExport = (node: ts.Node) => isDefault(node) && !ts.isDefaultClause(node);
  expect(violations(isDefaultExport, /\.config\.ts$/)).toEqual([]);
});

test("nothing is any", () => {
  expect(violations((node) => node.kind === ts.SyntaxKind.AnyKeyword)).toEqual([]);
});
