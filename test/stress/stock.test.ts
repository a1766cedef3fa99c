import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { Dmem } from "../../src/index.ts";
import { EFFORT, SEED } from "./effort.ts";

const MOVES = 1_000_000 * EFFORT;
const ENTITLED = 1000;

/** Where the keepers charge, and how much each charges ahead. */
const SHAPES = [
  { paths: ["/a", "/a"], batches: [400, 400] },
  { paths: ["/a/b", "/a/c"], batches: [400, 700] },
  { paths: ["/a/b", "/a/c", "/a"], batches: [2000, 1, 0] },
];

test.each(SHAPES)("stocks of $batches at $paths keep nothing from whom it is due", async ({ paths, batches }) => {
  const dmem = Dmem.create();
  const region = dmem.registerRegion("drm/0/vram", { size: 2 ** 30 });
  const group = dmem.root.mkdir("a");
  const pools = [dmem.root, group, group.mkdir("b"), group.mkdir("c")].map((each) => each.pool(region));
  group.pool(region).max = paths.length * ENTITLED;
  const word = () => new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const shared = { size: paths.length, arrived: word(), meetings: word() };
  const keepers = paths.map((path, index) => {
    const plan = { path, entitled: ENTITLED, batch: batches[index], moves: MOVES, seed: SEED + index };
    const workerData = { dmem: dmem.handle, ...plan, shared };
    return new Worker(new URL("stock-keeper.mjs", import.meta.url), { workerData });
  });
  try {
    const reports = await Promise.all(keepers.map(async (keeper) => (await once(keeper, "message"))[0]));
    for (const { charged } of reports) expect(charged).toBeGreaterThan(MOVES / 4);
    expect(pools.map(({ usage, stocked }) => [usage, stocked])).toEqual(pools.map(() => [0, 0]));
    expect(group.pool(region).peak).toBeLessThanOrEqual(paths.length * ENTITLED);
  } finally {
    await Promise.all(keepers.map((keeper) => keeper.terminate()));
  }
});
