import { reserveMemory } from "./arena.ts";
import { type FileIdentity, subjectOf } from "./arena-file.ts";
import type { Native } from "./native.ts";
import { requireDone } from "./system-error.ts";

// A thread has one memory for a file, whichever copy of this package opens it: whoever sleeps on a word is woken
// through the memory that it sleeps in, and of each the process has less room for addresses.

const MAPPINGS = Symbol.for("dmemcg.mappings");
type Mappings = Map<string, WeakRef<WebAssembly.Memory>>;

/** The memory that shows the contents of this file: writing to it is writing to the file. */
export function memoryOfFile(
  native: Native,
  descriptor: number,
  file: FileIdentity & { bytes: number },
): WebAssembly.Memory {
  const known = mappings().get(keyOf(file))?.deref(); // as long as it is there, nobody else gets the inode
  if (known !== undefined) return known;
  const memory = reserveMemory(file.bytes);
  requireDone(native.map(memory, descriptor), `${subjectOf(file.path)} cannot be mapped`);
  remember(file, memory);
  return memory;
}

/** Has this thread use a memory that came from another thread. */
export function remember(file: FileIdentity, memory: WebAssembly.Memory): void {
  const known = mappings();
  for (const [key, reference] of known) if (reference.deref() === undefined) known.delete(key);
  known.set(keyOf(file), new WeakRef(memory));
}

function keyOf({ device, inode }: FileIdentity): string {
  return `${device}:${inode}`;
}

function mappings(): Mappings {
  const place = globalThis as { [MAPPINGS]?: Mappings };
  place[MAPPINGS] ??= new Map();
  return place[MAPPINGS];
}
