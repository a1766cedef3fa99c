// Imports the package, and passes a controller on to the worker that is named on the command line.

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Dmem, GiB, MiB } from "dmemcg";

const dmem = Dmem.create();
const vram = dmem.registerRegion("drm/0000:03:00.0/vram0", { size: 8 * GiB });
const pool = dmem.root.mkdir("game").pool(vram);
pool.charge(MiB);

const worker = new Worker(new URL(process.argv[2], import.meta.url), { workerData: { dmem: dmem.handle } });
await once(worker, "message");
const during = pool.usage;
worker.postMessage("leave");
await once(worker, "exit");
console.log(JSON.stringify({ during, after: pool.usage, held: pool.held }));
