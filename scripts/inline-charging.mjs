// A transform of the AssemblyScript compiler: what a charge runs through is compiled into its callers. The optimizer
// would not do it by itself, as some of it loops or calls what is seldom needed; and a call a step is felt here.

import { Node, NodeKind } from "assemblyscript";
import { Transform } from "assemblyscript/transform";

const FUNCTIONS = [
  ...["accountOf", "isPresent", "holdings", "begin", "finish", "abandon"],
  ...["tryChargeFor", "unchargeFor", "isCollectable"],
  ...["tryChargeUp", "unchargeUp"],
];

export default class InlineCharging extends Transform {
  afterParse({ sources }) {
    const missing = new Set(FUNCTIONS);
    for (const statement of sources.flatMap(({ statements }) => statements)) {
      if (statement.kind !== NodeKind.FunctionDeclaration || !missing.delete(statement.name.text)) continue;
      const inline = Node.createIdentifierExpression("inline", statement.range);
      statement.decorators = [Node.createDecorator(inline, null, statement.range)];
    }
    if (missing.size > 0) throw new Error(`No function ${[...missing].join(", ")} is there to be inlined.`);
  }
}
