// A process, or a thread of one, that joins the controller in the file that it is told, does what its parent says on
// the pool of /a, and answers with what comes of it.

import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Dmem } from "dmemcg";

const [path, role = "alone"] = isMainThread ? process.argv.slice(2) : [null];
const dmem = isMainThread ? Dmem.open(path) : Dmem.attach(workerData);
const pool = dmem.cgroup("/a").pool(dmem.regions[0]);

const actions = {
  charge: (bytes) => pool.charge(bytes),
  held: () => pool.held,
  usage: () => pool.usage,
  chargeOften: (times) => {
    for (let i = 0; i < times; i++) if (pool.tryCharge(3) === null && i % 2 === 0) pool.uncharge(3);
    return pool.held;
  },
  exit: () => process.exit(),
  dispose: () => dmem.dispose(),
};

if (role === "with a thread") {
  const worker = new Worker(new URL(import.meta.url), { workerData: dmem.handle });
  worker.on("message", (answer) => process.send(answer));
  process.on("message", ([action, argument]) => {
    if (action === "terminate") worker.terminate().then(() => process.send("terminated"));
    else worker.postMessage([action, argument]);
  });
} else {
  const port = isMainThread ? process : parentPort;
  const answer = (value) => (isMainThread ? process.send(value) : parentPort.postMessage(value));
  port.on("message", ([action, argument]) => answer(actions[action](argument) ?? null));
  answer("ready");
}
