import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { AGENT, ARENA_SLOTS, SLOTS_SIZE, SLOTS_USED } from "../../assembly/abi.ts";
import { type Cgroup, Dmem } from "../../src/index.ts";
import { EFFORT, SEED } from "./effort.ts";
import { fill } from "./fill.ts";

const ROUNDS = 40 * EFFORT;
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
const PATIENCE_MS = 30_000;

interface Holding {
  readonly holds: number;
  readonly held: number;
}

test("nothing of threads that are terminated in the middle of something stays charged", async () => {
  process.stdout.write(`EFFORT=${EFFORT} STRESS_SEED=${SEED}\n`);
  const { dmem, region, mortal, stop, residents } = await crowd();
  for (let round = 0; round < ROUNDS; round++) {
    const mortals = start("mortal.mjs", MORTALS, (index) => ({
      dmem: dmem.handle,
      seed: (SEED + round * MORTALS + index) >>> 0,
    }));
    await Promise.all(mortals.map((worker) => once(worker, "message")));
    await sleep(Math.random() * 20);
    await Promise.all(mortals.map((worker) => worker.terminate()));
    await until(() => agentsOf(dmem) === 1 + RESIDENTS);
    expect(mortal.usage, `round ${round}`).toBe(0);
    removeAllBut(dmem, mortal.cgroup, "stocked");
  }
  Atomics.store(stop, 0, 1);
  const holdings = await Promise.all(residents.map(message<Holding>));
  for (const { holds, held } of holdings) expect(held).toBe(holds);
  expect(dmem.root.pool(region).usage).toBe(holdings.reduce((sum, { holds }) => sum + holds, 0));
  for (const resident of residents) resident.postMessage("leave");
  await Promise.all(residents.map((resident) => once(resident, "exit")));
  for (const path of ["/shared/mortal/stocked", "/shared/mortal", "/shared"]) dmem.cgroup(path).rmdir();
  expect(fill(dmem)).toEqual(CAPACITY);
});

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

/** Groups and regions are nobody's: they stay when whoever made them dies. */
function removeAllBut(dmem: Dmem, group: Cgroup, name: string): void {
  for (const child of group.children) if (child.name !== name) child.rmdir();
  for (const region of dmem.regions.slice(1)) region.unregister();
}

function start(file: string, count: number, data: (index: number) => object): Worker[] {
  return Array.from({ length: count }, (_, index) => {
    const worker = new Worker(new URL(file, import.meta.url), { workerData: data(index) });
    onTestFinished(async () => void (await worker.terminate()));
    return worker;
  });
}

function agentsOf(dmem: Dmem): number {
  const words = new Uint32Array((dmem.handle.arena as WebAssembly.Memory).buffer);
  return words[(ARENA_SLOTS + AGENT * SLOTS_SIZE + SLOTS_USED) / 4] ?? 0;
}

/** Others clear up whenever they look; this only looks whether they have. */
async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`Not so after ${PATIENCE_MS / 1000} s: ${isSo}`);
    await sleep(1);
  }
}

async function message<T>(worker: Worker): Promise<T> {
  const [value] = await once(worker, "message");
  return value;
}
