import { readFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

/** For release: what compiles to the same is the same. Quickly: it does the same. */
const OPTIONS = {
  release: ["--target", "release", "--textFile", ""],
  quickly: ["--target", "release", "--textFile", "", "--optimizeLevel", "0"],
};

/** Compiles the core with another text for one of its sources. @returns null where that makes no sense */
export async function compile(file: string, text: string, how: keyof typeof OPTIONS): Promise<Uint8Array | null> {
  const binaries: Uint8Array[] = [];
  const readFile = (name: string, base: string) => (name === file ? text : textOf(join(base, name)));
  const { error } = await asc.main([...OPTIONS[how], "--transform", "./scripts/inline-charging.mjs"], {
    readFile,
    writeFile: (_, contents) => void binaries.push(contents as Uint8Array),
    listFiles: () => [],
  });
  return error === null ? (binaries[0] ?? null) : null;
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
