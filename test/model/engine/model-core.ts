import { readFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

/** A change to the source of the core. */
export interface Edit {
  /** The file below assembly/. */
  readonly file: string;
  /** What stands there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** Compiles the core's model build, whole or with mistakes in it. */
export async function compileModel(edits: readonly Edit[] = []): Promise<WebAssembly.Module> {
  return new WebAssembly.Module(await compileModelBinary(edits));
}

export async function compileModelBinary(edits: readonly Edit[] = []): Promise<Uint8Array<ArrayBuffer>> {
  const binaries = new Map<string, Uint8Array>();
  const unused = new Set(edits);
  const { error, stderr } = await asc.main(["--target", "model"], {
    readFile: (name, base) => read(join(base, name), unused),
    writeFile: (name, contents) => void binaries.set(name, contents as Uint8Array),
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`The model build does not compile: ${error}\n${stderr}`);
  for (const { file, find } of unused) throw new Error(`assembly/${file} has no ${find}`);
  return [...binaries.values()][0] as Uint8Array<ArrayBuffer>;
}

function read(path: string, unused: Set<Edit>): string | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return null;
  }
  for (const edit of unused) {
    if (!path.endsWith(`assembly/${edit.file}`)) continue;
    if (text.split(edit.find).length !== 2) throw new Error(`assembly/${edit.file} does not have once: ${edit.find}`);
    text = text.replace(edit.find, () => edit.replace);
    unused.delete(edit);
  }
  return text;
}
