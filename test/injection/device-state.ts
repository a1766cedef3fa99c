import { expect } from "vitest";
import type { BufferObject, TtmDevice } from "../../src/ttm/index.ts";
import { type Lru, PINNED, PRIORITIES } from "../../src/ttm/lru.ts";
import type { SmallDevice } from "../support/small-device.ts";
import { below, controllerState } from "./controller-state.ts";

const MEMORIES = ["vram", "tt", "system"];

/**
 * All that a failure must leave as it was: where the buffers are, what they are charged to, pins and reservations, the
 * order of eviction, who watches the lists.
 */
export function deviceState({ dmem, device }: SmallDevice): unknown {
  const buffers = device.buffers;
  const numberOf = (bo: BufferObject) => buffers.indexOf(bo);
  return {
    controller: controllerState(dmem),
    buffers: buffers.map((bo) => {
      const { place, pool, allocation, pinCount, priority, isReserved, isMoving, freed } = bo;
      const ranges = allocation?.ranges ?? null;
      return { place, pool: `${pool}`, ranges, pinCount, priority, isReserved, isMoving, freed };
    }),
    unevictable: device.unevictable.map(numberOf),
    memories: MEMORIES.map((name) => ({
      used: device.usedPages(name),
      lru: device.lru(name).map((list) => list.map(numberOf)),
      watchers: watchers(device, name),
    })),
  };
}

/** Whether the books agree: space and charges are those of the buffers, and nobody is at work. */
export function auditDevice({ dmem, device, regions }: SmallDevice): void {
  const { buffers } = device;
  expect(buffers.filter(({ isReserved, isMoving, freed }) => isReserved || isMoving || freed)).toEqual([]);
  for (const name of MEMORIES) {
    const here = buffers.filter(({ place }) => place === name);
    expect([name, device.usedPages(name)]).toEqual([name, here.reduce((sum, { pages }) => sum + pages, 0)]);
    expect([name, new Set(listed(device, name))]).toEqual([name, new Set(here)]);
    expect([name, watchers(device, name)]).toEqual([name, 0]);
  }
  for (const region of Object.values(regions)) {
    for (const group of below(dmem.root)) {
      const here = buffers.filter(({ pool }) => pool !== null && pool.region === region);
      const charged = here.filter(({ pool }) => pool !== null && group.contains(pool.cgroup));
      const sum = (some: readonly BufferObject[]) => some.reduce((bytes, { size }) => bytes + size, 0);
      const pool = group.pool(region);
      const own = here.filter((bo) => bo.pool === pool);
      expect([`${pool}`, pool.usage, pool.held]).toEqual([`${pool}`, sum(charged), sum(own)]);
    }
  }
}

/** Who is on the way through a memory's lists, by where that would be noted. */
export function watchers(device: TtmDevice, name: string): number {
  const lru = device.type(name)?.lru as Lru;
  const marked = ([...PRIORITIES, PINNED] as const)
    .flatMap((rank) => [...lru.lists(rank)])
    .filter((list) => list.bookmarks !== null);
  return lru.watchers.size + marked.length;
}

function listed(device: TtmDevice, name: string): BufferObject[] {
  const pinned = device.unevictable.filter(({ place }) => place === name);
  return [...device.lru(name).flat(), ...pinned];
}
