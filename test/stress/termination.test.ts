import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { Dmem } from "../../src/index.ts";
import { EFFORT, SEED } from "./effort.ts";
import { fill } from "./fill.ts";
import { agentsOf, removeAllBut, until } from "./survivors.ts";

const ROUNDS = 40 * EFFORT;
/** Of the whole: a round takes half a second where nothing else runs. */
const TIMEOUT_MS = 600_000 * Math.max(1, EFFORT / 10);
const RESIDENTS = 2;
const MORTALS = 2;
const CAPACITY = {
  cgroups: 512,
  regions: 128,
  pools: 1024,
  agents: 1 + RESIDENTS + MORTALS,
  accounts: 4096,
  tickets: 256,
};

interface Holding {
  readonly holds: number;
  readonly held: number;
}

test(
  "nothing of threads that are terminated in the middle of something stays charged",
  async () => {
    process.stdout.write(`EFFORT=${EFFORT} STRESS_SEED=${SEED}\n`);
    const { dmem, region, mortal, stop, residents } = await crowd();
    let longest = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const mortals = start("mortal-thread.mjs", MORTALS, (index) => ({
        dmem: dmem.handle,
        seed: (SEED + round * MORTALS + index) >>> 0,
      }));
      await Promise.all(mortals.map((worker) => once(worker, "message")));
      await sleep(Math.random() * 20);
      await Promise.all(mortals.map((worker) => worker.terminate()));
      const terminated = performance.now();
      await until(() => agentsOf(dmem) === 1 + RESIDENTS);
      longest = Math.max(longest, performance.now() - terminated);
      expect(mortal.usage, `round ${round}`).toBe(0);
      removeAllBut(dmem, mortal.cgroup, "stocked");
    }
    process.stdout.write(`${ROUNDS} rounds; the longest until nothing was left: ${Math.round(longest)} ms\n`);
    Atomics.store(stop, 0, 1);
    const holdings = await Promise.all(residents.map(message<Holding>));
    for (const { holds, held } of holdings) expect(held).toBe(holds);
    expect(dmem.root.pool(region).usage).toBe(holdings.reduce((sum, { holds }) => sum + holds, 0));
    for (const resident of residents) resident.postMessage("leave");
    await Promise.all(residents.map((resident) => once(resident, "exit")));
    for (const path of ["/shared/mortal/stocked", "/shared/mortal", "/shared"]) dmem.cgroup(path).rmdir();
    expect(fill(dmem)).toEqual(CAPACITY);
  },
  TIMEOUT_MS,
);

/** Threads that stay, and a group in which others are going to die. */
async function crowd() {
  const dmem = Dmem.create({ capacity: CAPACITY });
  onTestFinished(() => dmem.dispose());
  const region = dmem.registerRegion("drm/0/vram", { size: 2 ** 40 });
  const mortal = dmem.root.mkdir("shared").mkdir("mortal").pool(region);
  mortal.cgroup.mkdir("stocked");
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const residents = start("resident.mjs", RESIDENTS, (index) => ({ dmem: dmem.handle, seed: SEED + index, stop }));
  await until(() => agentsOf(dmem) === 1 + RESIDENTS);
  return { dmem, region, mortal, stop, residents };
}

function start(file: string, count: number, data: (index: number) => object): Worker[] {
  return Array.from({ length: count }, (_, index) => {
    const worker = new Worker(new URL(file, import.meta.url), { workerData: data(index) });
    onTestFinished(async () => void (await worker.terminate()));
    return worker;
  });
}

async function message<T>(worker: Worker): Promise<T> {
  const [value] = await once(worker, "message");
  return value;
}
