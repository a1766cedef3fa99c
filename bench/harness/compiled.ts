import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where what is compiled for the benchmarks goes. */
const FOLDER = fileURLToPath(new URL("../../build/bench/", import.meta.url));

/**
 * The path of a file that is compiled from all files of some folders, if need be. It gets its name when it is complete:
 * another suite may be loading it.
 */
export function compiled(name: string, folders: readonly string[], compile: (output: string) => void): string {
  const file = `${FOLDER}${name}`;
  const changed = Math.max(...folders.flatMap(filesIn).map((source) => statSync(source).mtimeMs));
  if (existsSync(file) && statSync(file).mtimeMs >= changed) return file;
  mkdirSync(FOLDER, { recursive: true });
  const output = `${FOLDER}${process.pid}-${name}`;
  compile(output);
  renameSync(output, file);
  return file;
}

export function filesIn(folder: string): string[] {
  return readdirSync(folder).map((name) => `${folder}${name}`);
}
