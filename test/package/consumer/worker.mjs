// Charges to a controller that another thread made, and leaves without returning it.

import { parentPort, workerData } from "node:worker_threads";
import { Dmem, MiB } from "dmemcg";

const dmem = Dmem.attach(workerData.dmem);
const pool = dmem.cgroup("/game").pool(dmem.region("drm/0000:03:00.0/vram0"));
pool.charge(2 * MiB);
parentPort.once("message", () => {});
parentPort.postMessage(pool.held);
