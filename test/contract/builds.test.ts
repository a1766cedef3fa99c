import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { wasmBase64 as debugCore } from "../../build/debug.ts";
import { wasmBase64 as releaseCore } from "../../build/release.ts";

// The contract says nothing about a core that none of its subjects has.

function textOf(folder: string): string {
  const place = fileURLToPath(new URL(`../../${folder}/`, import.meta.url));
  const files = readdirSync(place).filter((name) => /\.c?js$/.test(name));
  return files.map((name) => readFileSync(place + name, "utf8")).join("\n");
}

test.each([
  ["dist", { release: true, debug: false }],
  ["build/debug", { release: false, debug: true }],
])("%s has its own core in it, and not the other one", (folder, cores) => {
  const text = textOf(folder);
  expect({ release: text.includes(releaseCore), debug: text.includes(debugCore) }).toEqual(cores);
});
