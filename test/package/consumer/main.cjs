// Requires the package, and passes a controller on to the worker that is named on the command line.

const { once } = require("node:events");
const { join } = require("node:path");
const { Worker } = require("node:worker_threads");
const { Dmem, GiB, MiB } = require("dmemcg");

async function main() {
  const dmem = Dmem.create();
  const vram = dmem.registerRegion("drm/0000:03:00.0/vram0", { size: 8 * GiB });
  const pool = dmem.root.mkdir("game").pool(vram);
  pool.charge(MiB);

  const worker = new Worker(join(__dirname, process.argv[2]), { workerData: { dmem: dmem.handle } });
  await once(worker, "message");
  const during = pool.usage;
  worker.postMessage("leave");
  await once(worker, "exit");
  console.log(JSON.stringify({ during, after: pool.usage, held: pool.held }));
}

main();
