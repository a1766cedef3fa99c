// Charges and returns until it is told to stop, and then says what it still holds.

import { parentPort, workerData } from "node:worker_threads";
import { Dmem } from "../../dist/index.js";
import { Random } from "./random.mjs";

const { seed, stop } = workerData;

const dmem = Dmem.attach(workerData.dmem);
const pool = dmem.cgroup("/shared").pool(dmem.regions[0]);
const random = new Random(seed);
let holds = 0;

while (Atomics.load(stop, 0) === 0) {
  const bytes = random.below(4096);
  if (random.oneIn(2)) {
    pool.charge(bytes);
    holds += bytes;
  } else if (bytes <= holds) {
    pool.uncharge(bytes);
    holds -= bytes;
  }
}
parentPort.postMessage({ holds, held: pool.held });
parentPort.once("message", () => dmem.dispose());
