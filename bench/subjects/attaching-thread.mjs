import { parentPort, workerData } from "node:worker_threads";
import { Dmem } from "dmemcg";

const start = performance.now();
const dmem = Dmem.attach(workerData.dmem);
const milliseconds = performance.now() - start;

const pool = dmem.cgroup(workerData.path).pool(dmem.regions[0]);
pool.charge(4096);
parentPort.postMessage({ milliseconds, held: pool.held });
dmem.dispose();
