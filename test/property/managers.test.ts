import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Block } from "../../src/ttm/managers/block.ts";
import { BuddyManager } from "../../src/ttm/managers/buddy-manager.ts";
import { CountManager } from "../../src/ttm/managers/count-manager.ts";
import { HoleSizes } from "../../src/ttm/managers/hole-sizes.ts";
import { HoleTree } from "../../src/ttm/managers/hole-tree.ts";
import { RangeManager } from "../../src/ttm/managers/range-manager.ts";
import { ReferenceRanges } from "../reference/range-manager.ts";
import { runs } from "./runs.ts";
import { type SpaceOperation, spaceOperations } from "./space-operations.ts";
import { SpacePlayer } from "./space-player.ts";

const capacity = fc.integer({ min: 1, max: 64 });
const RUNS = 150;

test("a range manager has room exactly where a large enough run is free, and puts everything where plain best fit does", () => {
  fc.assert(fc.property(capacity, spaceOperations, playRange), runs(RUNS));
});

test.each([1, 4])("a buddy manager with blocks of %i has room exactly where enough is free", (block) => {
  const play = (blocks: number, sequence: readonly SpaceOperation[]) => playBuddy(blocks, block, sequence);
  fc.assert(fc.property(fc.integer({ min: 1, max: 64 / block }), spaceOperations, play), runs(RUNS));
});

test("a count manager has room exactly up to its pages", () => {
  fc.assert(fc.property(capacity, spaceOperations, playCount), runs(RUNS));
});

// The canaries: a manager that is wrong in one place has to be found.
describe("is found to be wrong:", () => {
  afterEach(() => vi.restoreAllMocks());

  const few = { numRuns: 100, endOnFailure: true };

  test("a range manager that takes the lowest hole that fits", () => {
    const { from } = HoleSizes.prototype;
    vi.spyOn(HoleSizes.prototype, "from").mockImplementation(function* (this: HoleSizes, pages) {
      yield* [...from.call(this, pages)].sort((a, b) => a.first - b.first);
    });
    expect(() => fc.assert(fc.property(capacity, spaceOperations, playRange), few)).toThrow();
  });

  test("a range manager that never finds a neighbour", () => {
    vi.spyOn(HoleTree.prototype, "at").mockReturnValue(null);
    expect(() => fc.assert(fc.property(capacity, spaceOperations, playRange), few)).toThrow();
  });

  test("a buddy manager whose blocks are never taken", () => {
    vi.spyOn(Block.prototype, "mark").mockReturnValue();
    const play = (blocks: number, sequence: readonly SpaceOperation[]) => playBuddy(blocks, 1, sequence);
    expect(() => fc.assert(fc.property(capacity, spaceOperations, play), few)).toThrow();
  });
});

function playRange(pages: number, sequence: readonly SpaceOperation[]): void {
  const [manager, reference] = [new RangeManager(pages), new ReferenceRanges(pages)];
  const player = new SpacePlayer(manager, { block: 1, scatters: false });
  for (const operation of sequence) {
    const before = [...player.held];
    const allocation = player.play(operation);
    for (const { ranges } of before.filter((each) => !player.held.includes(each)))
      ranges.forEach(reference.free, reference);
    if (allocation !== null && operation.op === "allocate") {
      const { first = 0, end = pages, topDown = false } = operation.place;
      const expected = reference.allocate({ pages: operation.pages, window: { first, end }, topDown });
      expect(allocation.ranges).toEqual([expected]);
    }
    expect(manager.freeRanges()).toEqual(reference.holes);
  }
  while (player.held.length > 0) player.free(0);
  expect(manager.freeRanges()).toEqual([{ first: 0, end: pages }]);
}

function playBuddy(blocks: number, block: number, sequence: readonly SpaceOperation[]): void {
  const manager = new BuddyManager(blocks * block, { minimumBlockPages: block });
  const initial = manager.freeBlocks();
  const player = new SpacePlayer(manager, { block, scatters: true });
  for (const operation of sequence) {
    player.play(operation);
    expect(manager.freeBlocks()).toEqual(player.map.blocks(64, block));
  }
  while (player.held.length > 0) player.free(0);
  expect(manager.freeBlocks()).toEqual(initial);
}

function playCount(pages: number, sequence: readonly SpaceOperation[]): void {
  const manager = new CountManager(pages);
  const held = [];
  for (const operation of sequence) {
    if (operation.op === "free") {
      const [allocation] = held.splice(operation.index, 1);
      if (allocation !== undefined) manager.free(allocation);
    } else if (operation.pages <= pages) {
      const before = manager.usedPages;
      const allocation = manager.allocate(operation);
      expect(allocation !== null).toBe(before + operation.pages <= pages);
      if (allocation !== null) held.push(allocation);
    }
    expect(manager.usedPages).toBe(held.reduce((sum, allocation) => sum + allocation.pages, 0));
  }
}
