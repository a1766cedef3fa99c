import { basename } from "node:path";
import { expect, test } from "vitest";
import { files, filesIn, linesThat, read } from "./project-files.ts";

const LINES_MAX = 300;
const LINE_MAX = 120;
/** Files that are longer, each with its reason. */
const LONG: Readonly<Record<string, string>> = {
  "assembly/abi.ts": "one place for every number, with the drawing of each record",
};

const KEBAB_CASE = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;
const DOCUMENT = /^[A-Z]+(\.md)?$/;
const VAGUE = /(^|-)(utils?|helpers?|common)[.-]/;
const PROSE_AND_PROGRAMS = files.filter((file) => /\.(ts|mjs|cjs|md)$/.test(file));

test("file names are in kebab-case", () => {
  const names = files.filter((file) => !KEBAB_CASE.test(basename(file)) && !DOCUMENT.test(basename(file)));
  expect(names).toEqual([]);
});

test("no file name is vague", () => {
  expect(files.filter((file) => VAGUE.test(basename(file)))).toEqual([]);
});

test(`no program is longer than ${LINES_MAX} lines`, () => {
  const programs = filesIn("src", "assembly", "conformance", "test", "bench", "scripts");
  const long = programs.filter((file) => !(file in LONG) && read(file).split("\n").length - 1 > LINES_MAX);
  expect(long).toEqual([]);
});

test(`no line of text is longer than ${LINE_MAX} characters, but for tables and addresses`, () => {
  const long = PROSE_AND_PROGRAMS.flatMap((file) => {
    const isText = (line: string) => file.endsWith(".md") || /^\s*(\/\/|\/\*|\*)/.test(line);
    const isExempt = (line: string) => /^\||https?:\/\//.test(line);
    return linesThat(file, (line) => [...line].length > LINE_MAX && isText(line) && !isExempt(line));
  });
  expect(long, "programs are formatted by biome").toEqual([]);
});

test("nothing is left to be done", () => {
  const marks = new RegExp(`\\b(${["TO", "FIX"].map((start, index) => start + ["DO", "ME"][index]).join("|")})\\b`);
  expect(PROSE_AND_PROGRAMS.flatMap((file) => linesThat(file, (line) => marks.test(line)))).toEqual([]);
});

test("nothing refers to an issue by its number", () => {
  const reference = /\bissues?\s+#?\d/i;
  expect(PROSE_AND_PROGRAMS.flatMap((file) => linesThat(file, (line) => reference.test(line)))).toEqual([]);
});

test("no path of a machine is written down", () => {
  const path = new RegExp(`(?<![\\w.~])/(${["work", "home", "root", "tmp"].join("|")})\\b`);
  expect(PROSE_AND_PROGRAMS.flatMap((file) => linesThat(file, (line) => path.test(line)))).toEqual([]);
});

test("the lock file names no registry", () => {
  expect(linesThat("package-lock.json", (line) => /"resolved"|registry\./.test(line))).toEqual([]);
});
