import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import type { Dmem } from "../../../src/index.ts";

// Another thread, on the built package: a worker of Node 20 loads no TypeScript.

const library = new URL("../../../dist/index.js", import.meta.url).href;
const { Dmem: Controller } = (await import(library)) as typeof import("../../../src/index.ts");

function controller() {
  const dmem = Controller.create({ capacity: { cgroups: 8 } });
  onTestFinished(() => dmem.dispose());
  const region = dmem.registerRegion("vram", { size: 1000 });
  return { dmem, region, pool: dmem.root.mkdir("a").pool(region) };
}

/** A thread that is asked to do one thing after the other. */
function startThread(dmem: Dmem) {
  const file = new URL("./charging-worker.mjs", import.meta.url);
  const worker = new Worker(file, { workerData: { dmem: dmem.handle, library } });
  onTestFinished(async () => void (await worker.terminate()));
  const ask = async (action: string, argument?: unknown): Promise<unknown> => {
    worker.postMessage([action, argument]);
    const [answer] = await once(worker, "message");
    return answer;
  };
  return { worker, ask };
}

test("threads see each other's charges, and each returns its own", async () => {
  const { dmem, pool } = controller();
  const { ask } = startThread(dmem);
  pool.charge(5);
  await ask("charge", 7);
  expect([pool.usage, pool.held, await ask("held")]).toEqual([12, 5, 7]);
  expect(await ask("mkdir", "b")).toBe("/b");
  expect(dmem.root.children.map(String)).toEqual(["/a", "/b"]);
});

test("a ticket crosses from thread to thread, both ways", async () => {
  const { dmem, pool } = controller();
  const { ask } = startThread(dmem);
  pool.charge(5);
  expect(await ask("adopt", pool.handOver(3))).toBe(3);
  expect([pool.held, await ask("held"), pool.usage]).toEqual([2, 3, 5]);
  expect(pool.adopt((await ask("handOver", 1)) as never)).toBe(1);
  expect([pool.held, await ask("held"), pool.usage]).toEqual([3, 2, 5]);
});

test("a thread that ends by itself returns what it holds", async () => {
  const { dmem, pool } = controller();
  const { worker, ask } = startThread(dmem);
  pool.charge(5);
  await ask("charge", 7);
  await ask("handOver", 2);
  expect(pool.usage).toBe(12);
  worker.postMessage(["end"]);
  await once(worker, "exit");
  expect([pool.usage, pool.held]).toEqual([5, 5]);
});

test("a thread gives back what another one asks for", async () => {
  const { dmem, region, pool } = controller();
  const { ask } = startThread(dmem);
  await ask("charge", 7);
  await ask("giveBackWhenAsked");
  expect([await dmem.root.pool(region).reclaim(5), pool.usage, await ask("held")]).toEqual([5, 2, 2]);
});

test("what a terminated thread held comes back", async () => {
  const { dmem, pool } = controller();
  const { worker, ask } = startThread(dmem);
  pool.charge(5);
  await ask("charge", 7);
  await worker.terminate();
  await expect.poll(() => pool.usage).toBe(5);
});
