import ts from "typescript";
import { expect, test } from "vitest";
import { filesIn, nodesThat } from "./project-files.ts";

// What the core must not have: a data segment, a start function, a global that changes. Instantiating it in a late
// thread would write into memory that is in use.

const core = filesIn("assembly").filter((file) => file.endsWith(".ts"));
const ABI = "assembly/abi.ts";

test("there is a core", () => {
  expect(core).toContain(ABI);
});

test("only sync.ts has atomic instructions", () => {
  const isAtomic = (node: ts.Node) => ts.isPropertyAccessExpression(node) && node.expression.getText() === "atomic";
  expect(core.filter((file) => nodesThat(file, isAtomic).length > 0)).toEqual(["assembly/sync.ts"]);
});

test("there is no string and no array", () => {
  const isImport = (node: ts.Node) => ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent);
  const isData = (node: ts.Node) =>
    (ts.isStringLiteralLike(node) && !isImport(node)) ||
    ts.isTemplateExpression(node) ||
    ts.isArrayLiteralExpression(node);
  expect(core.flatMap((file) => nodesThat(file, isData))).toEqual([]);
});

test("there is no variable outside a function", () => {
  const isVariable = (node: ts.Node) =>
    ts.isVariableDeclarationList(node) &&
    (node.flags & ts.NodeFlags.Const) === 0 &&
    ts.isSourceFile(node.parent.parent);
  expect(core.flatMap((file) => nodesThat(file, isVariable))).toEqual([]);
});

test("offsets are written in abi.ts only", () => {
  const isOffset = (node: ts.Node) => ts.isNumericLiteral(node) && Number(node.text) > 1;
  const isSum = (node: ts.Node) =>
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.PlusToken &&
    (isOffset(node.left) || isOffset(node.right));
  expect(core.filter((file) => file !== ABI).flatMap((file) => nodesThat(file, isSum))).toEqual([]);
});
