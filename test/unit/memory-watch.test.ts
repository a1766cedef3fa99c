import { expect, test } from "vitest";
import { MemoryWatch } from "../stress/memory-watch.ts";

const MIB = 2 ** 20;

function watched(rssAt: (index: number) => number): string[] {
  const watch = new MemoryWatch();
  for (let index = 0; index < 40; index++) watch.sample({ rss: rssAt(index), heapUsed: 10 * MIB });
  return watch.complaints();
}

test("memory that grows throughout is complained about", () => {
  expect(watched((index) => (100 + 20 * index) * MIB)).toEqual([expect.stringMatching(/^rss grew from \d+ to \d+/)]);
});

test("memory that goes up and down is not", () => {
  expect(watched((index) => (100 + 50 * (index % 3)) * MIB)).toEqual([]);
});

test("memory that only grows in the beginning is not", () => {
  expect(watched((index) => (100 + 20 * Math.min(index, 4)) * MIB)).toEqual([]);
});

test("a run that is too short says nothing", () => {
  const watch = new MemoryWatch();
  for (let index = 0; index < 15; index++) watch.sample({ rss: 2 ** index * MIB, heapUsed: 0 });
  expect(watch.complaints()).toEqual([]);
});
