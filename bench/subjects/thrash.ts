import assert from "node:assert/strict";
import type { Dmem } from "dmemcg";
import { LRUCache } from "lru-cache";
import { sized } from "../harness/mode.ts";
import { type Case, PAIRS } from "../harness/suite.ts";
import { PAGE } from "./groups.ts";
import { VRAM, videoMemory } from "./video-memory.ts";

// Buffers that are used in rotation, in a memory that holds half of them: every use drives the oldest out. A cache with
// a budget does the same with entries; it has no groups, and nothing has to be moved anywhere.

const BUFFERS = sized(2000, 200);
const ROOM = BUFFERS / 2;

export function thrashCases(dmem: Dmem): Case[] {
  return [libraryCase(dmem), cacheCase()];
}

function libraryCase(dmem: Dmem): Case {
  const region = dmem.registerRegion("vram/too-small", { size: ROOM * PAGE });
  const device = videoMemory(dmem, region, ROOM);
  const owner = dmem.root.mkdir("thrashing");
  const buffers = Array.from({ length: BUFFERS }, () => device.create({ size: PAGE, owner, placement: VRAM }));
  let next = 0;
  return {
    name: "validate in rotation",
    against: ["lru-cache in rotation"],
    run() {
      for (let i = 0; i < PAIRS; i++) {
        buffers[next]?.validate(VRAM);
        next = (next + 1) % BUFFERS;
      }
    },
    check() {
      assert.deepEqual([device.usedPages("vram"), device.usedPages("system")], [ROOM, ROOM]);
      const recent = Array.from({ length: ROOM }, (_, back) => buffers[(next - 1 - back + BUFFERS) % BUFFERS]?.place);
      assert.ok(recent.every((place) => place === "vram"));
      assert.equal(owner.pool(region).usage, ROOM * PAGE);
    },
  };
}

function cacheCase(): Case {
  const evicted = new Set<number>();
  const cache = new LRUCache<number, { id: number }>({
    maxSize: ROOM * PAGE,
    dispose: ({ id }) => void evicted.add(id),
  });
  const entries = Array.from({ length: BUFFERS }, (_, id) => ({ id }));
  let next = 0;
  return {
    name: "lru-cache in rotation",
    run() {
      for (let i = 0; i < PAIRS; i++) {
        const entry = entries[next];
        if (entry !== undefined && cache.get(next) === undefined) cache.set(next, entry, { size: PAGE });
        next = (next + 1) % BUFFERS;
      }
    },
    check: () => assert.deepEqual([cache.size, cache.calculatedSize, evicted.size], [ROOM, ROOM * PAGE, BUFFERS]),
  };
}
