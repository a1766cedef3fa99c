import ts from "typescript";
import * as abi from "../../../assembly/abi.ts";

/** A small change to the text of a source. */
export interface Mutation {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

const K = ts.SyntaxKind;

/** What stands for a binary operator in its place. */
const OPERATORS: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map([
  [K.LessThanToken, ["<=", ">="]],
  [K.LessThanEqualsToken, ["<", ">"]],
  [K.GreaterThanToken, [">=", "<="]],
  [K.GreaterThanEqualsToken, [">", "<"]],
  [K.EqualsEqualsToken, ["!="]],
  [K.ExclamationEqualsToken, ["=="]],
  [K.AmpersandAmpersandToken, ["||"]],
  [K.BarBarToken, ["&&"]],
  [K.PlusToken, ["-"]],
  [K.MinusToken, ["+"]],
  [K.AsteriskToken, ["/"]],
  [K.SlashToken, ["*"]],
  [K.PercentToken, ["*"]],
  [K.AmpersandToken, ["|"]],
  [K.BarToken, ["&"]],
  [K.CaretToken, ["&"]],
  [K.LessThanLessThanToken, [">>"]],
  [K.GreaterThanGreaterThanToken, ["<<"]],
  [K.GreaterThanGreaterThanGreaterThanToken, ["<<"]],
  [K.PlusEqualsToken, ["-="]],
  [K.MinusEqualsToken, ["+="]],
  [K.BarEqualsToken, ["&="]],
]);

/** Constants that change nothing, whether they are added or subtracted. */
const ZEROS = new Set(Object.entries(abi).flatMap(([name, value]) => (value === 0 ? [name] : [])));

/** All changes of a source of the core: operators, constants, conditions, statements. Imports stay. */
export function mutationsOf(text: string): Mutation[] {
  const source = ts.createSourceFile("core.ts", text, ts.ScriptTarget.Latest, true);
  const found: Mutation[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
    for (const { at = node, by } of changes(node)) {
      found.push({ start: at.getStart(), end: at.getEnd(), replacement: by });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

interface Change {
  /** What is replaced; the node itself unless another is named. */
  readonly at?: ts.Node;
  readonly by: string;
}

function changes(node: ts.Node): Change[] {
  if (ts.isBinaryExpression(node)) {
    if (ZEROS.has(node.right.getText())) return [];
    const at = node.operatorToken;
    return (OPERATORS.get(at.kind) ?? []).map((by) => ({ at, by }));
  }
  if (ts.isNumericLiteral(node)) return [{ by: `(${node.text} + 1)` }];
  if (node.kind === K.TrueKeyword) return [{ by: "false" }];
  if (node.kind === K.FalseKeyword) return [{ by: "true" }];
  if (ts.isPrefixUnaryExpression(node) && node.operator === K.ExclamationToken) return [{ by: node.operand.getText() }];
  if (ts.isPostfixUnaryExpression(node)) {
    return [{ by: `${node.operand.getText()}${node.operator === K.PlusPlusToken ? "--" : "++"}` }];
  }
  if (ts.isCallExpression(node) && /^min\b/.test(node.getText())) return [{ at: node.expression, by: "max" }];
  return decision(node) ?? removal(node);
}

function decision(node: ts.Node): Change[] | null {
  if (ts.isConditionalExpression(node)) return always(node.condition);
  return ts.isIfStatement(node) ? always(node.expression) : null;
}

function always(at: ts.Expression): Change[] {
  return [
    { at, by: "true" },
    { at, by: "false" },
  ];
}

function removal(node: ts.Node): Change[] {
  return ts.isExpressionStatement(node) || ts.isBreakStatement(node) ? [{ by: ";" }] : [];
}
