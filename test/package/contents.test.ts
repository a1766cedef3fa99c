import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { install } from "./install.ts";

const { consumer, files } = install();
const installed = join(consumer, "node_modules/dmemcg");

const ALLOWED = [
  /^dist\/[\w-]+\.(js|cjs|d\.ts|d\.cts)$/,
  /^docs\/[A-Z]+\.md$/,
  /^native\/(binding\.gyp|dmemcg\.c|prebuilds\/[\w-]+\/dmemcg\.node)$/,
  /^(README\.md|CHANGELOG\.md|LICENSE|package\.json)$/,
];

test.each(["README.md", "CHANGELOG.md", "LICENSE", "package.json"])("%s is in the package", (file) => {
  expect(files).toContain(file);
});

test("nothing but the product and its documentation is in the package", () => {
  expect(files.filter((file) => !ALLOWED.some((pattern) => pattern.test(file)))).toEqual([]);
});

test("no file mentions this machine", () => {
  const paths = [process.cwd(), `${homedir()}/`];
  const mentions = files.filter((file) => paths.some((path) => text(file).includes(path)));
  expect(mentions).toEqual([]);
});

test("every file of dist is reached from an entry", () => {
  const reached = new Set<string>();
  const pending = Object.values(entries()).flatMap((entry) => entry.replace("./", ""));
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    pending.push(...references(file));
  }
  const left = files.filter((file) => file.startsWith("dist/") && !reached.has(file));
  expect(left, "left over from earlier builds").toEqual([]);
});

/** The files that package.json names. */
function entries(): string[] {
  const { exports, bin, main, types } = JSON.parse(text("package.json"));
  return [main, types, ...Object.values(bin), ...leaves(exports)];
}

function leaves(value: unknown): string[] {
  return typeof value === "string" ? [value] : Object.values(value as object).flatMap(leaves);
}

/** The files that this one names. A declaration names the program that it declares. */
function references(file: string): string[] {
  const names = [...text(file).matchAll(/["']\.\/([\w-]+\.c?js)["']/g)].map(([, name]) => `dist/${name}`);
  const declared = names.map((name) => name.replace(/\.(c?)js$/, ".d.$1ts"));
  return [...names, ...(/\.d\.c?ts$/.test(file) ? declared : [])].filter((name) => files.includes(name));
}

function text(file: string): string {
  return readFileSync(join(installed, file), "utf8");
}
