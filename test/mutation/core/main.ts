import { mkdirSync, readFileSync } from "node:fs";
import { type Mutant, report } from "../report.ts";
import { compile } from "./compile.ts";
import { type Mutation, mutationsOf } from "./mutations.ts";
import { Tests } from "./tests.ts";

// `npm run mutation:core -- [FILE]…`: changes the counter core a little, one change at a time, and runs quick tests
// against each. A change that no test notices survives. What compiles to the same binary is listed: it changes nothing.

const FILES = ["page-counter", "charge", "account", "limit", "protection", "muldiv"].map(
  (stem) => `assembly/${stem}.ts`,
);

const tests = new Tests();
const mutants: Mutant[] = [];
mkdirSync("build/mutation", { recursive: true });
try {
  const wanted = process.argv.slice(2);
  for (const file of wanted.length > 0 ? wanted : FILES) await mutate(file);
  report(mutants);
} finally {
  tests.stop();
}

async function mutate(file: string): Promise<void> {
  const text = readFileSync(file, "utf8");
  const whole = await compile(file, text);
  if (whole === null || (await tests.notice(whole))) throw new Error("The core fails its tests as it is.");
  for (const mutation of mutationsOf(text)) {
    const core = await compile(file, changed(text, mutation));
    if (core === null) continue;
    const state = Buffer.compare(core, whole) === 0 ? "listed" : (await tests.notice(core)) ? "killed" : "survived";
    mutants.push({ file, state });
    if (state === "survived") console.log(`survived ${file}:${describe(text, mutation)}`);
  }
}

function changed(text: string, { start, end, replacement }: Mutation): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

function describe(text: string, { start, end, replacement }: Mutation): string {
  const before = text.slice(0, start).split("\n");
  const what = text.slice(start, end).replace(/\s+/g, " ");
  return `${before.length}:${(before.at(-1) ?? "").length + 1} ${what} -> ${replacement}`;
}
