import type { BufferObject } from "../../src/ttm/index.ts";
import type { ReferenceBuffer, Slot } from "../reference/ttm-memory.ts";
import { UNLIMITED } from "../reference/ttm-pool.ts";
import { MEMORIES } from "./ttm-operations.ts";
import type { TtmPlayer } from "./ttm-player.ts";

// All that can be seen of a device, and the same of its reference.

export function stateOf({ device, buffers, groups }: TtmPlayer): object {
  const ids = new Map(buffers.map(({ bo }, id) => [bo, id]));
  const idOf = (bo: BufferObject) => ids.get(bo);
  return {
    memories: MEMORIES.map((name) => [name, device.usedPages(name), device.lru(name).map((list) => list.map(idOf))]),
    unevictable: device.unevictable.map(idOf),
    buffers: buffers.map(({ bo: { place, pool, pinCount, priority, freed } }, id) => {
      return { id, place, pool: pool?.cgroup.path ?? null, pinCount, priority, freed };
    }),
    pools: groups.flatMap(({ cgroup, pools }) => {
      return Array.from(pools, ([name, { usage, peak, min, low, max }]) => {
        const limits = { peak, min: shown(min), low: shown(low), max: shown(max) };
        return { path: cgroup.path, name, usage, ...(cgroup.removed ? {} : limits) };
      });
    }),
  };
}

export function referenceState({ reference, buffers, groups }: TtmPlayer): object {
  const ids = new Map(buffers.map((buffer, id) => [buffer.reference, id]));
  const idsOf = (slots: readonly Slot[]) => slots.map(({ bo }) => ids.get(bo));
  const memories = [...reference.memories.values()];
  return {
    memories: memories.map(({ name, usedPages, lists }) => [name, usedPages, lists.map(idsOf)]),
    unevictable: idsOf(reference.unevictable),
    buffers: buffers.map(({ reference }, id) => bufferState(reference, id)),
    pools: groups.flatMap(({ reference: group }) => {
      return memories.flatMap(({ name, accounted, pools }) => {
        const pool = pools.get(group);
        if (!accounted || pool === undefined) return [];
        const { min, low, max } = pool.limits;
        const limits = { peak: pool.peak, min: shown(min), low: shown(low), max: shown(max) };
        return { path: group.path, name, usage: pool.usage, ...(group.removed ? {} : limits) };
      });
    }),
  };
}

function bufferState({ slot, pinCount, priority, freed }: ReferenceBuffer, id: number): object {
  return { id, place: slot?.memory.name ?? null, pool: slot?.pool?.group.path ?? null, pinCount, priority, freed };
}

function shown(bytes: number): number | "max" {
  return bytes >= UNLIMITED ? "max" : bytes;
}
