import { mkdirSync, readFileSync } from "node:fs";
import { type Mutant, report } from "../report.ts";
import { compile } from "./compile.ts";
import { isHarmless } from "./harmless.ts";
import { type Mutation, mutationsOf } from "./mutations.ts";
import { Tests } from "./tests.ts";

// `npm run mutation:core -- [FILE]…`: changes the counter core a little, one change at a time, and runs quick tests
// against each. A change that no test notices survives. It is listed if it compiles to the same binary for release, or
// if it is known to be harmless.

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
  const [whole, quick] = [await compile(file, text, "release"), await compile(file, text, "quickly")];
  await requireUnnoticed(quick);
  for (const mutation of mutationsOf(text)) {
    const mutated = changed(text, mutation);
    const core = await compile(file, mutated, "quickly");
    if (core === null) continue;
    const isNoticed = await tests.notice(core);
    const isListed = async () => isHarmless(text, mutation) || isSame(await compile(file, mutated, "release"), whole);
    const state = isNoticed ? "killed" : (await isListed()) ? "listed" : "survived";
    mutants.push({ file, state });
    if (state === "survived") console.log(`survived ${file}:${describe(text, mutation)}`);
  }
  await requireUnnoticed(quick); // otherwise something else was noticed
}

async function requireUnnoticed(core: Uint8Array | null): Promise<void> {
  if (core === null || (await tests.notice(core))) throw new Error("The core fails its tests as it is.");
}

function isSame(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a !== null && b !== null && Buffer.compare(a, b) === 0;
}

function changed(text: string, { start, end, replacement }: Mutation): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

function describe(text: string, { start, end, replacement }: Mutation): string {
  const before = text.slice(0, start).split("\n");
  const what = text.slice(start, end).replace(/\s+/g, " ");
  return `${before.length}:${(before.at(-1) ?? "").length + 1} ${what} -> ${replacement}`;
}
