import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Section, sectionsOf } from "./wasm-sections.ts";

// Instantiating the core in a late worker must not write into live memory, and a thread must be able to die at any
// instruction: so all state is in the imported memory, and the binary brings none of its own.

const GLOBALS = 6;
const START = 8;
const DATA = 11;
const DATA_COUNT = 12;

const { Module } = WebAssembly as unknown as {
  Module: {
    new (bytes: Uint8Array): WebAssembly.Module;
    imports(module: WebAssembly.Module): object[];
    exports(module: WebAssembly.Module): { name: string; kind: string }[];
  };
};

function bytesOf(build: string): Uint8Array {
  return readFileSync(new URL(`../../../build/${build}.wasm`, import.meta.url));
}

/** The functions that src/core/exports.ts promises. */
function promised(): string[] {
  const source = readFileSync(new URL("../../../src/core/exports.ts", import.meta.url), "utf8");
  return Array.from(source.matchAll(/^ {2}(\w+)\(/gm), ([, name = ""]) => name).sort();
}

describe.each(["release", "debug"])("the %s core", (build) => {
  const bytes = bytesOf(build);
  const sections = sectionsOf(bytes);
  const found = (id: number): Section | undefined => sections.find((section) => section.id === id);

  test("is a module of several sections", () => {
    expect(sections.length).toBeGreaterThan(4);
  });

  test("has no data", () => {
    expect(found(DATA)).toBeUndefined();
    expect(found(DATA_COUNT)).toBeUndefined();
  });

  test("has no start function", () => {
    expect(found(START)).toBeUndefined();
  });

  test("has no mutable global", () => {
    expect(found(GLOBALS)?.globals.filter(({ mutable }) => mutable) ?? []).toEqual([]);
  });

  test("imports a memory and nothing else", () => {
    expect(Module.imports(new Module(bytes))).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
  });

  test("exports the functions that the library is told of, and nothing else", () => {
    const exported = Module.exports(new Module(bytes));
    expect(exported.filter(({ kind }) => kind !== "function")).toEqual([]);
    expect(exported.map(({ name }) => name).sort()).toEqual(promised());
  });
});

test("the list of promised functions was found", () => {
  expect(promised()).toContain("tryCharge");
  expect(promised()).toContain("createPool");
});
