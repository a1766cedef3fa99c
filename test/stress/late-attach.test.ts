import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { Dmem, type Ticket } from "../../src/index.ts";
import { EFFORT, SEED } from "./effort.ts";
import { fill } from "./fill.ts";

const VISITS = 200 * EFFORT;
const RESIDENTS = 2;
const VISITORS = 2;
const CAPACITY = { cgroups: 16, regions: 2, pools: 20, agents: 1 + RESIDENTS + VISITORS, accounts: 100, tickets: 4 };

interface Holding {
  readonly holds: number;
  readonly held: number;
}

test("threads that come and go leave the books of those who stay as they are", async () => {
  const dmem = createDmem();
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const residents = start("resident.mjs", RESIDENTS, (index) => ({ dmem: dmem.handle, seed: SEED + index, stop }));
  const visitors = start("visitor.mjs", VISITORS, (index) => ({ dmem: dmem.handle, visits: VISITS, index }));
  try {
    await Promise.all(visitors.map((visitor) => once(visitor, "exit")));
    Atomics.store(stop, 0, 1);
    const holdings = await Promise.all(residents.map(message<Holding>));
    for (const { holds, held } of holdings) expect(held).toBe(holds);
    expect(dmem.root.pool(dmem.region("drm/0/vram")).usage).toBe(holdings.reduce((sum, { holds }) => sum + holds, 0));
    for (const resident of residents) resident.postMessage("leave");
    await Promise.all(residents.map((resident) => once(resident, "exit")));
  } finally {
    await Promise.all([...residents, ...visitors].map((worker) => worker.terminate()));
  }
  dmem.cgroup("/shared").rmdir();
  expect(fill(dmem)).toEqual(CAPACITY);
});

test.each(["end", "exit", "exception"])("a thread that ends by %s returns what it holds", async (end) => {
  const dmem = createDmem();
  const pool = dmem.cgroup("/shared").pool(dmem.region("drm/0/vram"));
  const [leaver] = start("leaver.mjs", 1, () => ({ dmem: dmem.handle }));
  const ended = new Promise((resolve) => leaver?.once("exit", resolve).on("error", () => {}));
  const ticket = await message<Ticket>(leaver);
  expect(pool.usage).toBe(5000);
  leaver?.postMessage(end);
  await ended;
  expect(pool.usage).toBe(0);
  expect(() => pool.adopt(ticket)).toThrow(/^EINVAL/);
  dmem.cgroup("/shared").rmdir();
  expect(fill(dmem)).toEqual(CAPACITY);
});

function createDmem(): Dmem {
  const dmem = Dmem.create({ capacity: CAPACITY });
  dmem.registerRegion("drm/0/vram", { size: 2 ** 40 });
  dmem.root.mkdir("shared");
  return dmem;
}

function start(file: string, count: number, data: (index: number) => object): Worker[] {
  return Array.from({ length: count }, (_, index) => {
    return new Worker(new URL(file, import.meta.url), { workerData: data(index), stderr: true });
  });
}

async function message<T>(worker: Worker | undefined): Promise<T> {
  if (worker === undefined) throw new Error("There is no such thread.");
  const [value] = await once(worker, "message");
  return value;
}
