import {
  ACCOUNT,
  AGENT,
  AGENT_IDS,
  ARENA_BUCKET_MASK,
  ARENA_BUCKETS,
  ARENA_FIRST_REGION,
  ARENA_FIRST_STOCKED,
  ARENA_GATE,
  ARENA_LAST_REGION,
  ARENA_LOCK,
  ARENA_MAGIC,
  ARENA_OPTIONS,
  ARENA_RECORDS,
  ARENA_ROOT,
  ARENA_RULES,
  ARENA_SIZE,
  ARENA_SLOTS,
  ARENA_STAMP,
  CGROUP,
  MAGIC,
  OPTION_DRM_FILES,
  OPTION_MANUAL_SUBTREE,
  REGION,
  SLOTS_BASE,
  SLOTS_CAPACITY,
  SLOTS_END,
  SLOTS_FREE,
  SLOTS_LINK,
  SLOTS_SIZE,
  SLOTS_STRIDE,
  SLOTS_TOUCHED,
  SLOTS_USED,
} from "../../assembly/abi.ts";
import { layoutStamp } from "./binary.ts";
import { type Capacity, completeCapacity, SHAPES } from "./capacity.ts";
import { DmemError, rangeError, typeError } from "./errors.ts";
import { LINUX_RULES } from "./semantics.ts";

const PAGE = 65536;
const PAGES_MAX = 65536; // 4 GiB, what 32-bit addresses reach
const ALIGNMENT = 128;

/** The words of the header that follow from the capacities and never change. */
const LAID_OUT = [
  ...[ARENA_SIZE, ARENA_BUCKETS, ARENA_BUCKET_MASK, ARENA_SLOTS + AGENT * SLOTS_SIZE + SLOTS_TOUCHED],
  ...SHAPES.flatMap(({ kind }) =>
    [SLOTS_BASE, SLOTS_STRIDE, SLOTS_LINK, SLOTS_END].map((word) => ARENA_SLOTS + kind * SLOTS_SIZE + word),
  ),
];

/** The words of the header that lead to a record, or nowhere: 0. */
const LINKS = [
  { address: ARENA_FIRST_REGION, kind: REGION },
  { address: ARENA_LAST_REGION, kind: REGION },
  { address: ARENA_FIRST_STOCKED, kind: ACCOUNT },
  ...SHAPES.map(({ kind }) => ({ address: ARENA_SLOTS + kind * SLOTS_SIZE + SLOTS_FREE, kind })),
];
/** What is counted of each kind of record. */
const COUNTS = [SLOTS_TOUCHED, SLOTS_USED];
const ALL_OPTIONS = OPTION_DRM_FILES | OPTION_MANUAL_SUBTREE;

/** What is decided when an arena is made. */
export interface Arrangement {
  readonly capacity: Capacity;
  readonly rules: number;
  readonly options: number;
}

/** Makes the shared memory in which everything lives, and lays out its records. Their contents are zero. */
export function createArena(arrangement: Arrangement): WebAssembly.Memory {
  const header = headerOf(arrangement);
  const memory = reserveMemory(bytesOf(header));
  new Uint32Array(memory.buffer).set(header);
  return memory;
}

/** The words in front of the records, as they are in a new arena: what it is, and where everything lies. */
export function headerOf(arrangement: Arrangement): Uint32Array {
  const buckets = 2 ** Math.ceil(Math.log2(arrangement.capacity.cgroups));
  const { places, end } = place(arrangement.capacity);
  const size = end + buckets * 4;
  if (size > PAGE * PAGES_MAX) {
    throw rangeError(`These capacities take ${size} bytes together; an arena has at most ${PAGE * PAGES_MAX}.`);
  }
  const words = new Uint32Array(ARENA_RECORDS / 4);
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
  return words;
}

/** The bytes of an arena with that header, in whole pages. */
export function bytesOf(header: Uint32Array): number {
  return Math.ceil((header[ARENA_SIZE / 4] ?? 0) / PAGE) * PAGE;
}

/** What was decided when the arena with that header was made. */
export function arrangementOf(header: Uint32Array): Arrangement {
  const capacity = Object.fromEntries(
    SHAPES.map(({ kind, name }) => [name, header[(ARENA_SLOTS + kind * SLOTS_SIZE + SLOTS_CAPACITY) / 4]]),
  );
  return {
    capacity: completeCapacity(capacity),
    rules: header[ARENA_RULES / 4] ?? 0,
    options: header[ARENA_OPTIONS / 4] ?? 0,
  };
}

/** Memory of its final size, all zero. */
export function reserveMemory(bytes: number): WebAssembly.Memory {
  const pages = bytes / PAGE;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch {
    throw new DmemError("ENOMEM", `The process cannot reserve an arena of ${bytes} bytes.`);
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
  const buffer = sharedBuffer(memory);
  if (buffer === null) {
    throw typeError("The handle holds no shared WebAssembly.Memory. Pass on what `dmem.handle` gives, as it is.");
  }
  const header = new Uint32Array(buffer, 0, Math.min(buffer.byteLength, ARENA_RECORDS) / 4);
  checkHeader(header, { bytes: buffer.byteLength, subject: "The memory" });
  checkLayout(header, "The memory");
}

function sharedBuffer(memory: unknown): SharedArrayBuffer | null {
  try {
    return memory instanceof WebAssembly.Memory && memory.buffer instanceof SharedArrayBuffer ? memory.buffer : null;
  } catch {
    return null; // a proxy, or something else that only looks like one
  }
}

/** What a header is the header of. */
export interface HeaderOf {
  /** How large that is. */
  readonly bytes: number;
  /** How an error's sentence calls it. */
  readonly subject: string;
}

/** Complains about a header that this version of the library cannot work with. */
export function checkHeader(words: Uint32Array, { bytes, subject }: HeaderOf): void {
  if (words.length < ARENA_RECORDS / 4 || words[ARENA_MAGIC / 4] !== MAGIC) {
    throw new DmemError("EINVAL", `${subject} is not an arena of dmemcg.`);
  }
  const stamp = words[ARENA_STAMP / 4];
  if (stamp !== layoutStamp) {
    throw new DmemError(
      "EINVAL",
      `${subject} was made by another version of dmemcg: its layout is ${stamp}, this version's ${layoutStamp}.`,
    );
  }
  const size = words[ARENA_SIZE / 4] ?? 0;
  if (size < ARENA_RECORDS || size > bytes) {
    throw new DmemError("EINVAL", `${subject} has ${bytes} bytes, and the arena in it says that it has ${size} bytes.`);
  }
}

/**
 * Complains about a header that contradicts itself: whoever works on such a memory would write anywhere. What its
 * capacities come to must be what it says, and what changes all the time must be within its bounds at any moment.
 */
export function checkLayout(header: Uint32Array, subject: string): void {
  const root = header[ARENA_ROOT / 4];
  const isRight = root === slotsWord(header, CGROUP, SLOTS_BASE) && isLaidOut(header) && isBounded(header);
  if (!isRight) throw new DmemError("EINVAL", `${subject} is damaged: its header contradicts itself.`);
}

function isLaidOut(header: Uint32Array): boolean {
  try {
    const expected = headerOf(arrangementOf(header));
    return LAID_OUT.every((address) => header[address / 4] === expected[address / 4]);
  } catch {
    return false;
  }
}

function isBounded(header: Uint32Array): boolean {
  const word = (address: number) => header[address / 4] ?? 0;
  const isCount = (kind: number, count: number) => count <= slotsWord(header, kind, SLOTS_CAPACITY);
  const owner = word(ARENA_LOCK) & AGENT_IDS;
  return (
    (word(ARENA_RULES) & ~LINUX_RULES) === 0 &&
    (word(ARENA_OPTIONS) & ~ALL_OPTIONS) === 0 &&
    [0, slotsWord(header, ACCOUNT, SLOTS_CAPACITY)].includes(word(ARENA_GATE)) &&
    (word(ARENA_LOCK) === 0 || (owner !== 0 && isCount(AGENT, owner))) &&
    LINKS.every(({ address, kind }) => word(address) === 0 || isRecord(header, kind, word(address))) &&
    SHAPES.every(({ kind }) => COUNTS.every((count) => isCount(kind, slotsWord(header, kind, count))))
  );
}

function isRecord(header: Uint32Array, kind: number, address: number): boolean {
  const offset = address - slotsWord(header, kind, SLOTS_BASE);
  const isWithin = offset >= 0 && address < slotsWord(header, kind, SLOTS_END);
  return isWithin && offset % slotsWord(header, kind, SLOTS_STRIDE) === 0;
}

function slotsWord(header: Uint32Array, kind: number, word: number): number {
  return header[(ARENA_SLOTS + kind * SLOTS_SIZE + word) / 4] ?? 0;
}
