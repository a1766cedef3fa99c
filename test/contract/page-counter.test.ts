import { describe } from "vitest";
import { PageCounter } from "../../src/page-counter/index.ts";
import { ReferenceCounter } from "../reference/page-counter.ts";
import type { Subject } from "./counter.ts";
import { pageCounterContract } from "./page-counter-contract.ts";
import { protectionContract } from "./protection-contract.ts";
import { semanticsContract } from "./semantics-contract.ts";

type Library = typeof import("../../src/page-counter/index.ts");

/** The library as it was built: with which core depends on the folder. */
async function built(folder: "dist" | "build/debug"): Promise<Library> {
  const file = new URL(`../../${folder}/page-counter.js`, import.meta.url);
  return (await import(file.href)) as Library;
}

function subject({ PageCounter }: Pick<Library, "PageCounter">): Subject {
  return (semantics) => (options) => PageCounter.create({ ...options, semantics, capacity: 8 }) as never;
}

const plain: Subject = (semantics) => (options) => ReferenceCounter.create({ ...options, semantics }) as never;

describe.each<[string, Subject]>([
  ["the plain reference", plain],
  ["the library's sources", subject({ PageCounter })],
  ["the built package", subject(await built("dist"))],
  ["the debug core", subject(await built("build/debug"))],
])("%s", (_, subject) => {
  describe.each(["linux-7.3", "intended"] as const)("in %s semantics", (semantics) => {
    pageCounterContract(subject(semantics));
    protectionContract(subject(semantics));
  });
  semanticsContract(subject);
});
