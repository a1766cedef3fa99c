import { readFileSync } from "node:fs";
import { ADD, GET, LOAD, PUT, REPLACE, STORE, SUBTRACT, WAKE } from "../../assembly/access.ts";
import type { Core } from "../../src/core/core.ts";
import type { CoreExports } from "../../src/core/exports.ts";
import { Dmem } from "../../src/index.ts";

// Does one thing to the controller at a path, and is killed before the Nth access to its memory. Every access of the
// core's model build passes here, and is done by the same atomic instruction.

const [path = "", modelFile = "", deed = "", step = ""] = process.argv.slice(2);
const dmem = Dmem.open(path);
const group = dmem.cgroup("/shared/mortal");
const region = dmem.region("drm/0/vram");
const pool = group.pool(region);
const stocked = dmem.cgroup("/shared/mortal/stocked").pool(region);
let left = Number.POSITIVE_INFINITY;

const DEEDS: Readonly<Record<string, () => () => unknown>> = {
  tryCharge: () => () => pool.tryCharge(5),
  uncharge: () => {
    pool.charge(7);
    return () => pool.uncharge(5);
  },
  "charge ahead": () => {
    stocked.stock({ batch: 100 });
    return () => stocked.tryCharge(5);
  },
  "stock and drain": () => () => {
    stocked.stock({ batch: 100 });
    stocked.tryCharge(5);
    stocked.drain();
  },
  mkdir: () => () => group.mkdir("made"),
  rmdir: () => {
    const made = group.mkdir("made");
    made.pool(region).charge(3);
    return () => made.rmdir();
  },
  pool: () => {
    const made = group.mkdir("made");
    return () => made.pool(region).charge(3);
  },
  registerRegion: () => () => dmem.registerRegion("drm/0/gtt", { size: 1 }),
  unregister: () => {
    const other = dmem.registerRegion("drm/0/gtt", { size: 1 });
    group.pool(other).charge(3);
    return () => other.unregister();
  },
  "dmem.low": () => () => group.write("dmem.low", "drm/0/vram 5"),
  handOver: () => {
    pool.charge(7);
    return () => pool.handOver(5);
  },
  dispose: () => {
    pool.charge(7);
    pool.handOver(2);
    return () => dmem.dispose();
  },
};

const act = DEEDS[deed]?.();
if (act === undefined) throw new Error(`There is no deed "${deed}".`);
const { core } = pool as unknown as { core: Core };
Object.assign(core.call, stepping(core.memory));
left = Number(step);
act();
left = Number.POSITIVE_INFINITY;
dmem.dispose();

function stepping(memory: WebAssembly.Memory): CoreExports {
  const module = new WebAssembly.Module(readFileSync(modelFile));
  const words: Readonly<Record<number, object>> = {
    8: new Uint8Array(memory.buffer),
    16: new Uint16Array(memory.buffer),
    32: new Uint32Array(memory.buffer),
    64: new BigInt64Array(memory.buffer),
  };
  const modelAccess = (what: number, bits: number, address: number, value: number, expected: number) => {
    if (left-- <= 0) process.kill(process.pid, "SIGKILL");
    const operands = bits === 64 ? [BigInt(value), BigInt(expected)] : [value, expected];
    return Number(access(words[bits] as object, { what, index: (address * 8) / bits, operands }));
  };
  const { exports } = new WebAssembly.Instance(module, { env: { memory }, sync: { modelAccess } });
  return { ...(exports as unknown as CoreExports) };
}

interface Operation {
  readonly what: number;
  readonly index: number;
  /** The value, and what is expected to be there. */
  readonly operands: readonly unknown[];
}

/** @returns what was there before */
function access(words: object, { what, index, operands: [value, expected] }: Operation): unknown {
  const atomics = Atomics as unknown as Record<
    string,
    (words: object, index: number, ...operands: unknown[]) => unknown
  >;
  if (what === LOAD || what === GET) return atomics.load?.(words, index);
  if (what === STORE || what === PUT) return atomics.store?.(words, index, value);
  if (what === ADD) return atomics.add?.(words, index, value);
  if (what === SUBTRACT) return atomics.sub?.(words, index, value);
  if (what === REPLACE) return atomics.compareExchange?.(words, index, expected, value);
  if (what !== WAKE) throw new Error(`There is no access ${what}.`);
  return 0; // nobody sleeps
}
