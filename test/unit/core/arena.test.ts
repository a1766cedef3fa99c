import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import { expect, test, vi } from "vitest";
import {
  AGENT,
  ARENA_BUCKET_MASK,
  ARENA_BUCKETS,
  ARENA_FIRST_REGION,
  ARENA_FIRST_STOCKED,
  ARENA_GATE,
  ARENA_LAST_REGION,
  ARENA_LOCK,
  ARENA_MAGIC,
  ARENA_OPTIONS,
  ARENA_ROOT,
  ARENA_RULES,
  ARENA_SIZE,
  ARENA_SLOTS,
  ARENA_STAMP,
  MAGIC,
  POOL,
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
} from "../../../assembly/abi.ts";
import { createArena } from "../../../src/core/arena.ts";
import { layoutStamp } from "../../../src/core/binary.ts";
import { completeCapacity } from "../../../src/core/capacity.ts";
import { Dmem } from "../../../src/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { memoryOf, smallDmem } from "../../support/small-dmem.ts";

const PAGE = 65536;

function emptyMemory(pages: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

/** An arena whose maker has left, with one word of its header changed. */
function changed(address: number, value: number): WebAssembly.Memory {
  const dmem = smallDmem();
  const memory = memoryOf(dmem);
  dmem.dispose();
  new Uint32Array(memory.buffer)[address / 4] = value;
  return memory;
}

function attach(arena: unknown): Dmem {
  return Dmem.attach({ arena });
}

test.each([null, undefined, 5, "arena", {}, new ArrayBuffer(8), new SharedArrayBuffer(8)])(
  "%s is no handle",
  (handle) => {
    expectRefusal(() => Dmem.attach(handle as never), "TypeError", "dmem.handle");
  },
);

test("a handle is shown in the error by its value", () => {
  expectRefusal(() => Dmem.attach(5 as never), "TypeError", "not 5");
});

test.each([null, {}, new ArrayBuffer(PAGE), new SharedArrayBuffer(PAGE), new Uint8Array(PAGE)])(
  "a handle with %s for a memory is none",
  (arena) => {
    expectRefusal(() => attach(arena), "TypeError", "shared WebAssembly.Memory");
  },
);

test("a memory that is not shared is refused", () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 } as never);
  expectRefusal(() => attach(memory), "TypeError", "shared WebAssembly.Memory");
});

test("a shared memory that is no arena is refused and left alone", () => {
  const memory = emptyMemory(1);
  expectRefusal(() => attach(memory), "EINVAL", "not an arena of dmemcg");
  expect(new Uint8Array(memory.buffer).every((byte) => byte === 0)).toBe(true);
});

test("a memory that is too short for a header is refused", () => {
  expectRefusal(() => attach(emptyMemory(0)), "EINVAL", "not an arena of dmemcg");
});

test("an arena of another version is refused, and both are named", () => {
  expectRefusal(() => attach(changed(ARENA_STAMP, 12345)), "EINVAL", "12345", `${layoutStamp}`);
});

test("an arena without its magic is refused", () => {
  expectRefusal(() => attach(changed(ARENA_MAGIC, MAGIC + 1)), "EINVAL", "not an arena of dmemcg");
});

test.each([0, 1023, PAGE + 1])("an arena that says it has %i bytes in a memory of one page is refused", (size) => {
  expectRefusal(() => attach(changed(ARENA_SIZE, size)), "EINVAL", `${size} bytes`, `${PAGE}`);
});

const agents = ARENA_SLOTS + AGENT * SLOTS_SIZE;
const pools = ARENA_SLOTS + POOL * SLOTS_SIZE;

test.each([
  ["root", ARENA_ROOT, [0, 1024]],
  ["buckets", ARENA_BUCKETS, [0, 0xfffffff0]],
  ["mask", ARENA_BUCKET_MASK, [0, 8, 0xffffffff]],
  ["base", pools + SLOTS_BASE, [0, 1024, 0xffffff80]],
  ["stride", pools + SLOTS_STRIDE, [0, 64]],
  ["capacity", pools + SLOTS_CAPACITY, [0, 15, 17, 0xffffffff]],
  ["link", pools + SLOTS_LINK, [0, 0xffffffff]],
  ["end", pools + SLOTS_END, [0, 0xffffffff]],
  ["touched agents", agents + SLOTS_TOUCHED, [0, 2, 4]],
  ["touched", pools + SLOTS_TOUCHED, [17, 0xffffffff]],
  ["used", pools + SLOTS_USED, [17, 0xffffffff]],
  ["free", pools + SLOTS_FREE, [4, 1024, 0xffffff80]],
  ["first region", ARENA_FIRST_REGION, [1, 1024]],
  ["last region", ARENA_LAST_REGION, [1, 0xffffffc0]],
  ["first stocked", ARENA_FIRST_STOCKED, [1025, 1024 + 48 * 64]],
  ["gate", ARENA_GATE, [1, 47, 49]],
  ["lock of nobody", ARENA_LOCK, [0x10000, 4, 0x1ffff]],
  ["rules", ARENA_RULES, [32 << 4, 0x80000000]],
  ["options", ARENA_OPTIONS, [4, 0x80000000]],
] as const)("an arena whose header contradicts itself is refused: %s", (_, address, values) => {
  for (const value of values) expectRefusal(() => attach(changed(address, value)), "EINVAL", "contradicts itself");
});

test.each([
  ["free", pools + SLOTS_FREE, pools + SLOTS_BASE],
  ["first region", ARENA_FIRST_REGION, ARENA_SLOTS + REGION * SLOTS_SIZE + SLOTS_BASE],
  ["touched", pools + SLOTS_TOUCHED, pools + SLOTS_CAPACITY],
  ["used", pools + SLOTS_USED, pools + SLOTS_CAPACITY],
])("a header with what may be there at some moment is none of them: %s", (_, address, like) => {
  const words = new Uint32Array(memoryOf(smallDmem()).buffer);
  attach(changed(address, words[like / 4] ?? 0)).dispose();
});

test("a gate that is closed, and a lock that a dead agent has, keep nobody from attaching", () => {
  attach(changed(ARENA_GATE, 0)).dispose();
  attach(changed(ARENA_LOCK, 2)).dispose();
});

test("what only looks like a memory is refused", () => {
  for (const arena of [new Proxy(emptyMemory(1), {}), Object.create(WebAssembly.Memory.prototype)]) {
    expectRefusal(() => attach(arena), "TypeError", "shared WebAssembly.Memory");
  }
});

const FILE = { path: "/nowhere", device: 1n, inode: 1n, mode: 0o600 };

test("a handle with something else than its file is none", () => {
  const { arena } = smallDmem().handle;
  const wrong = [
    ...[0, "", "/nowhere", [], {}],
    ...Object.keys(FILE).map((key) => ({ ...FILE, [key]: "5" })),
    { ...FILE, path: "/\0" },
  ];
  for (const file of wrong) expectRefusal(() => Dmem.attach({ arena, file }), "TypeError", "dmem.handle");
  expectRefusal(() => Dmem.attach({ arena, file: FILE }), "ENOENT", "/nowhere");
});

test("a refused attach takes no agent's place", () => {
  const dmem = smallDmem({ capacity: { agents: 2 } });
  const words = new Uint32Array(memoryOf(dmem).buffer);
  for (let i = 0; i < 10; i++) {
    words[ARENA_STAMP / 4] = layoutStamp + 1;
    expectRefusal(() => Dmem.attach(dmem.handle), "EINVAL");
  }
  words[ARENA_STAMP / 4] = layoutStamp;
  Dmem.attach(dmem.handle).dispose();
});

test("a handle that crossed a message port leads to the same arena", () => {
  const dmem = smallDmem();
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(dmem.handle);
  const other = Dmem.attach(receiveMessageOnPort(port2)?.message);
  other.root.mkdir("a");
  expect(dmem.root.children.map(String)).toEqual(["/a"]);
  other.dispose();
  port1.close();
});

test("capacities that need more than 4 GiB are refused with how much they need", () => {
  const arrangement = { capacity: completeCapacity({ pools: 2 ** 25, accounts: 1 }), rules: 0, options: 0 };
  expectRefusal(() => createArena(arrangement), "RangeError", `${2 ** 32}`, " bytes together");
});

test("memory that the process cannot reserve is told as such", () => {
  const spy = vi.spyOn(WebAssembly, "Memory").mockImplementation(
    class {
      constructor() {
        throw new RangeError("could not allocate memory");
      }
    } as never,
  );
  expectRefusal(() => Dmem.create({ capacity: { cgroups: 1, pools: 1 } }), "ENOMEM", " bytes");
  spy.mockRestore();
});

test("a new arena is as large as its capacities and empty", () => {
  const memory = createArena({ capacity: completeCapacity({ cgroups: 1000 }), rules: 0, options: 0 });
  const size = new Uint32Array(memory.buffer)[ARENA_SIZE / 4] ?? 0;
  expect(memory.buffer.byteLength).toBe(Math.ceil(size / PAGE) * PAGE);
  expect(new Uint8Array(memory.buffer).subarray(1024).every((byte) => byte === 0)).toBe(true);
});
