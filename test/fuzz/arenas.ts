import { Dmem, type OpenOptions } from "../../src/index.ts";
import type { Random } from "../property/random.ts";
import { bytesOf, contents, damage, memoryOf, OPTIONS, PARTS, wordsOf } from "./arena-damage.ts";
import { openTarget } from "./arena-file.ts";
import { visit } from "./arena-visit.ts";
import type { Target } from "./target.ts";

/** Of this arena only the beginning is there. */
const LARGER: OpenOptions = { capacity: { ...OPTIONS.capacity, pools: 1000 } };
const FILE = { path: "/nowhere", device: 1n, inode: 1n, mode: 0o600 };

function attachTarget(): Target {
  const whole = [OPTIONS, LARGER].flatMap((options) => contents(() => Dmem.create(options)));
  const dmem = Dmem.create(OPTIONS);
  dmem.dispose();
  const memory = memoryOf(dmem);
  const bytes = bytesOf(dmem);
  const odd = oddHandles(memory);
  return {
    name: "attach",
    take(random: Random): void {
      bytes.set((random.pick(whole) as Uint8Array).subarray(0, bytes.length));
      if (random.oneIn(32)) {
        Dmem.attach(random.pick(odd) as never).dispose();
        return;
      }
      const part = random.pick(PARTS) ?? "header";
      damage(random, wordsOf(bytes), part);
      visit(Dmem.attach({ arena: memory }), part === "numbers");
    },
  };
}

/** What is no handle, or has something else in it. */
function oddHandles(memory: WebAssembly.Memory): unknown[] {
  const empty = new WebAssembly.Memory({ initial: 0, maximum: 1, shared: true });
  const unshared = new WebAssembly.Memory({ initial: 1, maximum: 1 } as never);
  const fakes = [new Proxy(memory, {}), Object.create(WebAssembly.Memory.prototype), structuredClone(memory.buffer)];
  const arenas = [null, 0, "arena", {}, memory.buffer, empty, unshared, new Uint8Array(memory.buffer), ...fakes];
  const files = [
    0,
    "",
    [],
    {},
    FILE,
    ...Object.keys(FILE).map((key) => ({ ...FILE, [key]: 5 })),
    { ...FILE, path: "\0" },
  ];
  return [
    ...[null, undefined, 0, "handle", [], {}, () => {}, memory],
    ...arenas.map((arena) => ({ arena })),
    ...files.map((file) => ({ arena: memory, file })),
  ];
}

export const arenaTargets: readonly (() => Target)[] = [attachTarget, openTarget];
