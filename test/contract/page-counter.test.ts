import { describe } from "vitest";
import { PageCounter } from "../../src/page-counter/index.ts";
import { ReferenceCounter } from "../reference/page-counter.ts";
import type { Create } from "./counter.ts";
import { pageCounterContract } from "./page-counter-contract.ts";
import { protectionContract } from "./protection-contract.ts";

type Library = typeof import("../../src/page-counter/index.ts");

/** The library as it was built: with which core depends on the folder. */
async function built(folder: "dist" | "build/debug"): Promise<Create> {
  const file = new URL(`../../${folder}/page-counter.js`, import.meta.url);
  return creator(((await import(file.href)) as Library).PageCounter);
}

function creator(library: Library["PageCounter"]): Create {
  return (options) => library.create({ ...options, semantics: "linux-7.3", capacity: 8 }) as never;
}

describe.each<[string, Create]>([
  ["the plain reference", (options) => ReferenceCounter.create(options) as never],
  ["the library's sources", creator(PageCounter)],
  ["the built package", await built("dist")],
  ["the debug core", await built("build/debug")],
])("%s", (_, create) => {
  pageCounterContract(create);
  protectionContract(create);
});
