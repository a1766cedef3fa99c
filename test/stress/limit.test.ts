import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { Dmem, type Semantics } from "../../src/index.ts";
import { EFFORT } from "./effort.ts";

const CONTENDERS = 4;
const TRIES = 100_000 * EFFORT;
const AMOUNT = 4096;

const SEMANTICS: Semantics[] = ["intended", "linux-7.3"];
/** Where the limits are, and where the contenders charge. */
const SHAPES = [
  { limited: ["/a"], paths: ["/a"] },
  { limited: ["/a"], paths: ["/a/b", "/a/c"] },
  { limited: ["/a", "/a/b", "/a/c"], paths: ["/a/b", "/a/c"] },
];
const CASES = SEMANTICS.flatMap((semantics) =>
  SHAPES.flatMap((shape) => [1, CONTENDERS - 1].map((room) => ({ semantics, ...shape, room }))),
);

test.each(CASES)("no more than $room fit into $limited, charged at $paths: $semantics", async (contest) => {
  const { dmem, pools } = arrange(contest);
  const workers = contend(dmem, contest);
  try {
    const refused = await Promise.all(
      workers.map(async (worker): Promise<number> => (await once(worker, "message"))[0]),
    );
    expect(refused.reduce((sum, count) => sum + count)).toBeLessThan(CONTENDERS * TRIES);
    expect(pools.map(({ usage }) => usage)).toEqual(pools.map(() => 0));
    expect(pools.filter(({ peak, max }) => peak > max).map(String)).toEqual([]);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
});

type Contest = (typeof CASES)[number];

function arrange({ semantics, limited, room }: Contest) {
  const dmem = Dmem.create({ semantics });
  const region = dmem.registerRegion("drm/0/vram", { size: 2 ** 30 });
  const group = dmem.root.mkdir("a");
  const pools = [group, group.mkdir("b"), group.mkdir("c")].map((each) => each.pool(region));
  for (const path of limited) dmem.cgroup(path).pool(region).max = room * AMOUNT;
  return { dmem, pools };
}

function contend(dmem: Dmem, { room, paths }: Contest): Worker[] {
  const word = () => new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const shared = { size: CONTENDERS, arrived: word(), meetings: word(), inside: word() };
  return Array.from({ length: CONTENDERS }, (_, index) => {
    const path = paths[index % paths.length];
    const workerData = { dmem: dmem.handle, path, amount: AMOUNT, room, tries: TRIES, shared };
    return new Worker(new URL("contender.mjs", import.meta.url), { workerData });
  });
}
