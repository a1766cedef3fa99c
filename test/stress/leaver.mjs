// Charges something, and ends without giving anything back when it is told to.

import { parentPort, workerData } from "node:worker_threads";
import { Dmem } from "../../dist/index.js";

const dmem = Dmem.attach(workerData.dmem);
const pool = dmem.cgroup("/shared").pool(dmem.regions[0]);
pool.charge(5000);
const ticket = pool.handOver(1000);

parentPort.once("message", (end) => {
  if (end === "exit") process.exit(3);
  if (end === "exception") throw new Error("This tenant fails.");
});
parentPort.postMessage(ticket);
