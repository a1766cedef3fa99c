import { readFileSync, writeFileSync } from "node:fs";
import type { Exploration } from "./engine/exploration.ts";

const DOCUMENT = "docs/TESTING.md";
const LATE = ", stores seen late";

/** Writes what was explored into the tables of docs/TESTING.md. */
export function writeTables(found: ReadonlyMap<string, Exploration>): void {
  const rows = [...found].filter(([name]) => !name.endsWith(LATE));
  const isDeath = ([name]: readonly [string, Exploration]) => name.startsWith("death ");
  const lives = rows
    .filter((row) => !isDeath(row))
    .map(([name, own]) => {
      const late = found.get(name + LATE);
      return `| ${name} | ${count(own.schedules)} | ${count(own.states)} | ${late === undefined ? "" : count(late.states)} |`;
    });
  const deaths = rows
    .filter(isDeath)
    .map(([name, own]) => `| ${name} | ${count(own.schedules)} | ${count(own.states)} |`);
  const text = [
    ["| program | schedules | states | with stores seen late |", "|---|---:|---:|---:|", ...lives],
    ["| program | schedules | states |", "|---|---:|---:|", ...deaths],
  ].reduce(replaceTable, readFileSync(DOCUMENT, "utf8"));
  writeFileSync(DOCUMENT, text);
}

function replaceTable(text: string, table: readonly string[]): string {
  const [head = ""] = table;
  const start = text.indexOf(`${head}\n`);
  const end = text.indexOf("\n\n", start);
  if (start < 0) throw new Error(`${DOCUMENT} has no table "${head}".`);
  return text.slice(0, start) + table.join("\n") + (end < 0 ? "\n" : text.slice(end));
}

/** Exactly while a reader can take it in. */
function count(number: number): string {
  return number < 1e9 ? number.toLocaleString("en") : number.toExponential(1).replace("e+", "e");
}
