import { reserveMemory } from "./arena.ts";
import { close, type FileIdentity, reopen, subjectOf } from "./arena-file.ts";
import type { Native } from "./native.ts";
import { requireDone } from "./system-error.ts";

// A thread has one memory for a file, whichever copy of this package opens it: whoever sleeps on a word is woken
// through the memory that it sleeps in, and of each the process has less room for addresses.

const MAPPINGS = Symbol.for("dmemcg.mappings");
type Memory = WebAssembly.Memory;
type Mappings = Map<string, WeakRef<Memory>>;

/**
 * The memory that shows the contents of this file: writing to it is writing to the file. `null`: at `path` is another
 * file by now.
 *
 * It is opened once more for that: a mapping keeps its open file, and locks that belong to that would stay with it.
 */
export function memoryOfFile(native: Native, path: string, file: FileIdentity & { bytes: number }): Memory | null {
  const known = mappings().get(keyOf(file))?.deref(); // as long as it is there, nobody else gets the inode
  if (known !== undefined) return known;
  const memory = reserveMemory(file.bytes);
  const descriptor = reopen(path, file);
  if (descriptor === null) return null;
  try {
    requireDone(native.map(memory, descriptor), `${subjectOf(file.path)} cannot be mapped`);
  } finally {
    close(descriptor);
  }
  remember(file, memory);
  return memory;
}

/** Has this thread use a memory that came from another thread. */
export function remember(file: FileIdentity, memory: Memory): void {
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
