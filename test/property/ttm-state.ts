import type { BufferObject } from "../../src/ttm/index.ts";
import type { Slot } from "../reference/ttm-memory.ts";
import { UNLIMITED } from "../reference/ttm-pool.ts";
import type { DevicePlayer } from "./ttm-device-player.ts";
import { MEMORIES } from "./ttm-operations.ts";
import type { ReferencePlayer } from "./ttm-reference-player.ts";

// All that can be seen of a device, and the same of the reference. A buffer is known by its number.

export function deviceState({ device, buffers, groups }: DevicePlayer): object {
  const numbers = new Map(buffers.map((bo, number) => [bo, number]));
  const numberOf = (bo: BufferObject) => numbers.get(bo);
  return {
    memories: MEMORIES.map((name) => {
      return { name, usedPages: device.usedPages(name), lru: device.lru(name).map((list) => list.map(numberOf)) };
    }),
    unevictable: device.unevictable.map(numberOf),
    buffers: buffers.map(({ place, pool, pinCount, priority, freed }, number) => {
      return { number, place, pool: pool?.cgroup.path ?? null, pinCount, priority, freed };
    }),
    pools: groups.flatMap(({ cgroup, pools }) => {
      return Array.from(pools, ([name, { usage, peak, min, low, max }]) => {
        const limits = { peak, min: shown(min), low: shown(low), max: shown(max) };
        return { path: cgroup.path, name, usage, ...(cgroup.removed ? {} : limits) };
      });
    }),
  };
}

export function referenceState({ device, buffers, groups }: ReferencePlayer): object {
  const numbersOf = (slots: readonly Slot[]) => slots.map(({ bo }) => buffers.indexOf(bo));
  const memories = [...device.memories.values()];
  return {
    memories: memories.map(({ name, usedPages, lists }) => ({ name, usedPages, lru: lists.map(numbersOf) })),
    unevictable: numbersOf(device.unevictable),
    buffers: buffers.map(({ slot, pinCount, priority, freed }, number) => {
      const pool = slot?.pool?.group.path ?? null;
      return { number, place: slot?.memory.name ?? null, pool, pinCount, priority, freed };
    }),
    pools: groups.flatMap((group) => {
      return memories.flatMap((memory) => {
        const pool = memory.poolOf(group);
        if (pool === null) return [];
        const { min, low, max } = pool.limits;
        const limits = { peak: pool.peak, min: shown(min), low: shown(low), max: shown(max) };
        return { path: group.path, name: memory.name, usage: pool.usage, ...(group.removed ? {} : limits) };
      });
    }),
  };
}

function shown(bytes: number): number | "max" {
  return bytes >= UNLIMITED ? "max" : bytes;
}
