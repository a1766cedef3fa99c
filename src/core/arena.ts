import {
  AGENT,
  ARENA_BUCKET_MASK,
  ARENA_BUCKETS,
  ARENA_GATE,
  ARENA_MAGIC,
  ARENA_OPTIONS,
  ARENA_RECORDS,
  ARENA_RULES,
  ARENA_SIZE,
  ARENA_SLOTS,
  ARENA_STAMP,
  MAGIC,
  SLOTS_BASE,
  SLOTS_CAPACITY,
  SLOTS_END,
  SLOTS_LINK,
  SLOTS_SIZE,
  SLOTS_STRIDE,
  SLOTS_TOUCHED,
} from "../../assembly/abi.ts";
import { layoutStamp } from "./binary.ts";
import { type Capacity, SHAPES } from "./capacity.ts";
import { DmemError, rangeError, typeError } from "./errors.ts";

const PAGE = 65536;
const PAGES_MAX = 65536; // 4 GiB, what 32-bit addresses reach
const ALIGNMENT = 128;

/** What is decided when an arena is made. */
export interface Arrangement {
  readonly capacity: Capacity;
  readonly rules: number;
  readonly options: number;
}

/** Makes the shared memory in which everything lives, and lays out its records. Their contents are zero. */
export function createArena(arrangement: Arrangement): WebAssembly.Memory {
  const buckets = 2 ** Math.ceil(Math.log2(arrangement.capacity.cgroups));
  const { places, end } = place(arrangement.capacity);
  const size = end + buckets * 4;
  const pages = Math.ceil(size / PAGE);
  if (pages > PAGES_MAX) {
    throw rangeError(`These capacities take ${size} bytes together; an arena has at most ${PAGE * PAGES_MAX}.`);
  }
  const memory = reserve(pages);
  const words = new Uint32Array(memory.buffer);
  for (const { kind, stride, link, name } of SHAPES) {
    const entry = ARENA_SLOTS + kind * SLOTS_SIZE;
    words[(entry + SLOTS_BASE) / 4] = places[name];
    words[(entry + SLOTS_STRIDE) / 4] = stride;
    words[(entry + SLOTS_CAPACITY) / 4] = arrangement.capacity[name];
    words[(entry + SLOTS_LINK) / 4] = link;
    words[(entry + SLOTS_END) / 4] = places[name] + arrangement.capacity[name] * stride;
  }
  words[(ARENA_SLOTS + AGENT * SLOTS_SIZE + SLOTS_TOUCHED) / 4] = arrangement.capacity.agents; // claimed in any order
  words[ARENA_GATE / 4] = arrangement.capacity.accounts;
  words[ARENA_BUCKETS / 4] = end;
  words[ARENA_BUCKET_MASK / 4] = buckets - 1;
  words[ARENA_SIZE / 4] = size;
  words[ARENA_RULES / 4] = arrangement.rules;
  words[ARENA_OPTIONS / 4] = arrangement.options;
  words[ARENA_STAMP / 4] = layoutStamp;
  words[ARENA_MAGIC / 4] = MAGIC;
  return memory;
}

function reserve(pages: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch {
    throw new DmemError("ENOMEM", `The process cannot reserve an arena of ${pages * PAGE} bytes.`);
  }
}

function place(capacity: Capacity): { places: Record<keyof Capacity, number>; end: number } {
  const places = { accounts: 0, agents: 0, cgroups: 0, regions: 0, pools: 0, tickets: 0 };
  let end = ARENA_RECORDS;
  for (const { name, stride } of SHAPES) {
    places[name] = end;
    end = Math.ceil((end + capacity[name] * stride) / ALIGNMENT) * ALIGNMENT;
  }
  return { places, end };
}

/** Complains about a memory that this version of the library cannot work on; touches nothing. */
export function checkArena(memory: unknown): asserts memory is WebAssembly.Memory {
  if (!(memory instanceof WebAssembly.Memory) || !(memory.buffer instanceof SharedArrayBuffer)) {
    throw typeError("The handle holds no shared WebAssembly.Memory. Pass on what `dmem.handle` gives, as it is.");
  }
  const words = new Uint32Array(memory.buffer);
  if (words.length < ARENA_RECORDS / 4 || words[ARENA_MAGIC / 4] !== MAGIC) {
    throw new DmemError("EINVAL", "The memory is not an arena of dmemcg.");
  }
  const stamp = words[ARENA_STAMP / 4];
  if (stamp !== layoutStamp) {
    throw new DmemError(
      "EINVAL",
      `The arena was made by another version of dmemcg: its layout is ${stamp}, this version's ${layoutStamp}.`,
    );
  }
  const size = words[ARENA_SIZE / 4] ?? 0;
  if (size < ARENA_RECORDS || size > memory.buffer.byteLength) {
    throw new DmemError("EINVAL", `The arena says it has ${size} bytes; its memory has ${memory.buffer.byteLength}.`);
  }
}
