// A worker that charges when it is told to: more than it returns, so that the sum tells afterwards whether every charge
// was counted. A built file is what it loads, since not every Node loads TypeScript in a worker.

import { parentPort, workerData } from "node:worker_threads";
import { Dmem } from "dmemcg";

const PAGE = 4096;

const dmem = Dmem.attach(workerData.dmem);
const [region] = dmem.regions;
let pool = null;

parentPort.on("message", (message) => {
  if (message === "end") {
    dmem.dispose();
    parentPort.postMessage("ended");
    parentPort.close();
  } else if (message === "return") {
    pool.uncharge(pool.held);
    pool.stock?.({ batch: 0 });
    parentPort.postMessage("returned");
  } else parentPort.postMessage(charge(message));
});

function charge({ path, pairs, crew, stockBytes }) {
  pool = dmem.cgroup(path).pool(region);
  if (stockBytes !== undefined) pool.stock({ batch: stockBytes });
  meet(crew);
  const start = now();
  for (let i = 0; i < pairs; i++) {
    if (pool.tryCharge(2 * PAGE) === null) pool.uncharge(PAGE);
  }
  return { start, end: now() };
}

/** Milliseconds on the clock that all threads share. */
function now() {
  return performance.timeOrigin + performance.now();
}

function meet(crew) {
  Atomics.add(workerData.meeting, 0, 1);
  while (Atomics.load(workerData.meeting, 0) < crew);
}
