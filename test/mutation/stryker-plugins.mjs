// Plugins of Stryker. "error-prose": what an error says in its sentence is no behaviour, so that is left as it is; its
// code is one. "first-words": an offset of 0 can as well be subtracted. "survivors": names what survives as soon as it
// is known.

import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { declareClassPlugin, declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

/** By the name of what is called: how many arguments come before the sentence. */
const SENTENCE_FROM = new Map([
  ["DmemError", 1],
  ["statusError", 1],
  ["systemError", 1],
  ["rangeError", 0],
  ["typeError", 0],
  ["requireBytes", 1],
  ["limitValue", 1],
  ["change", 1],
]);

function isInSentence(path) {
  const { parentPath, key } = path;
  const callee = parentPath?.node.callee;
  const from = SENTENCE_FROM.get(callee?.name ?? callee?.property?.name);
  return from !== undefined && path.listKey === "arguments" && key >= from;
}

const FIRST_WORDS = new Set(
  Array.from(readFileSync("assembly/abi.ts", "utf8").matchAll(/^export const (\w+) = 0;/gm), ([, name]) => name),
);

class SurvivorsReporter {
  onMutantTested({ fileName, location, mutatorName, replacement = "", status }) {
    if (status !== "Survived" && status !== "NoCoverage") return;
    const { line, column } = location.start;
    const unreached = status === "NoCoverage" ? " (no test reaches it)" : "";
    const what = replacement.replace(/\s+/g, " ");
    console.log(`survived ${relative(".", fileName)}:${line}:${column} ${mutatorName}: ${what}${unreached}`);
  }
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "error-prose", {
    shouldIgnore: (path) => (isInSentence(path) ? "The sentence of an error" : undefined),
  }),
  declareValuePlugin(PluginKind.Ignore, "first-words", {
    shouldIgnore: ({ node }) =>
      node.type === "BinaryExpression" && FIRST_WORDS.has(node.right.name) ? "The word's offset is 0" : undefined,
  }),
  declareClassPlugin(PluginKind.Reporter, "survivors", SurvivorsReporter),
];
