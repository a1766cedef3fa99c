import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Folders with files that somebody wrote. */
const FOLDERS = ["assembly", "bench", "conformance", "docs", "examples", "scripts", "src", "test"];
const FIXTURES = "test/fixtures/";

/** Everything that somebody wrote, as paths from the root; fixtures are data. */
export const files: readonly string[] = [
  ...readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map(({ name }) => name),
  ...FOLDERS.filter((folder) => existsSync(join(ROOT, folder))).flatMap(filesBelow),
].filter((file) => !file.startsWith(FIXTURES) && !file.endsWith(".tgz"));

export function filesIn(...folders: string[]): string[] {
  return files.filter((file) => folders.some((folder) => file.startsWith(`${folder}/`)));
}

/** The text of a file; one that is missing is named. */
export function read(file: string): string {
  if (!existsSync(join(ROOT, file))) throw new Error(`${file} does not exist yet.`);
  return readFileSync(join(ROOT, file), "utf8");
}

/** `file:line` of every line that matches. */
export function linesThat(file: string, matches: (line: string) => boolean): string[] {
  const lines = read(file).split("\n");
  return lines.flatMap((line, index) => (matches(line) ? [`${file}:${index + 1}`] : []));
}

/** `file:line` of every node of a program that matches. Comments are no nodes. */
export function nodesThat(file: string, matches: (node: ts.Node) => boolean): string[] {
  const source = parsed(file);
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    if (matches(node)) found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** What a program imports, or re-exports, as it is written there. */
export function importsOf(file: string): string[] {
  return ts.preProcessFile(read(file), true, true).importedFiles.map(({ fileName }) => fileName);
}

const sources = new Map<string, ts.SourceFile>();

function parsed(file: string): ts.SourceFile {
  const source = sources.get(file) ?? ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  sources.set(file, source);
  return source;
}

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}
