// A plugin of Stryker: what an error says in its sentence is no behaviour, so nothing there is changed. Its code is one.

import { declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

/** By the name of what is called: how many arguments come before the sentence. */
const SENTENCE_FROM = new Map([
  ["DmemError", 1],
  ["statusError", 1],
  ["systemError", 1],
  ["rangeError", 0],
  ["typeError", 0],
]);

function isInSentence(path) {
  const { parentPath, key } = path;
  const from = SENTENCE_FROM.get(parentPath?.node.callee?.name);
  return from !== undefined && path.listKey === "arguments" && key >= from;
}

export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, "error-prose", {
    shouldIgnore: (path) => (isInSentence(path) ? "the sentence of an error" : undefined),
  }),
];
