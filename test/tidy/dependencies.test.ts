import { posix } from "node:path";
import { expect, test } from "vitest";
import { filesIn, importsOf } from "./project-files.ts";

/** From the bottom up. A folder uses itself and what is in lower rows. */
const LAYERS = [
  ["core"],
  ["cgroup", "page-counter"],
  ["index.ts"],
  ["ttm/managers", "trace"],
  ["ttm"],
  ["drivers"],
  ["cli"],
];
const ABI = "assembly/abi.ts";

const programs = filesIn("src").filter((file) => file.endsWith(".ts"));
const edges = programs.flatMap((file) =>
  importsOf(file)
    .filter((name) => name.startsWith("."))
    .map((name) => ({ from: file, to: posix.join(posix.dirname(file), name) })),
);

test("every folder of src has its layer", () => {
  const folders = new Set(programs.map(folderOf));
  expect([...folders].filter((folder) => layerOf(folder) === -1)).toEqual([]);
});

test("dependencies point down only", () => {
  const wrong = edges.filter(({ from, to }) => {
    const [user, used] = [folderOf(from), folderOf(to)];
    return to.startsWith("src/") && used !== user && layerOf(used) >= layerOf(user);
  });
  expect(wrong).toEqual([]);
});

test("src uses abi.ts and nothing else of the core", () => {
  const wrong = edges.filter(({ to }) => !to.startsWith("src/") && to !== ABI && to !== "package.json");
  expect(wrong).toEqual([]);
});

test("imports inside src name the file with its ending", () => {
  expect(edges.filter(({ to }) => !/\.(ts|json)$/.test(to))).toEqual([]);
});

/** The folders below src, or the file if it lies in src itself. */
function folderOf(file: string): string {
  return file.split("/").slice(1, -1).join("/") || posix.basename(file);
}

function layerOf(folder: string): number {
  return LAYERS.findIndex((layer) => layer.includes(folder));
}
