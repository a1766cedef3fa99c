// A process, or a thread of one, that joins the controller in the file that it is told, does what its parent says on
// a pool, at first that of /a, and answers with what comes of it.

import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Dmem } from "dmemcg";

const [path, role = "alone"] = isMainThread ? process.argv.slice(2) : [null];
const dmem = isMainThread ? Dmem.open(path) : Dmem.attach(workerData);
const [region] = dmem.regions;
let pool = dmem.cgroup("/a").pool(region);

const actions = {
  charge: (bytes) => pool.charge(bytes),
  tryCharge: (bytes) => `${pool.tryCharge(bytes)}`,
  uncharge: (bytes) => pool.uncharge(bytes),
  held: () => pool.held,
  usage: () => pool.usage,
  chargeOften: (times) => {
    for (let i = 0; i < times; i++) if (pool.tryCharge(3) === null && i % 2 === 0) pool.uncharge(3);
    return pool.held;
  },
  stock: (batch) => pool.stock({ batch }),
  handOver: (bytes) => pool.handOver(bytes),
  adopt: (ticket) => pool.adopt(ticket),
  mkdir: (name) => pool.cgroup.mkdir(name).path,
  rmdir: () => pool.cgroup.rmdir(),
  /** Goes on in another group. */
  use: (group) => {
    pool = dmem.cgroup(group).pool(region);
  },
  /** Gives back what it is asked for. */
  offer: () => {
    region.reclaim = (below, bytes) => below.uncharge(Math.min(bytes, below.held));
  },
  /** Once it is asked, charges a byte, so that this can be seen, and never comes back. */
  offerForEver: () => {
    region.reclaim = (below) => {
      below.charge(1);
      for (;;);
    };
  },
  reclaim: (bytes) => pool.reclaim(bytes),
  exit: () => process.exit(),
  abort: () => process.abort(),
  throw: () => {
    setImmediate(() => {
      throw new Error("Nobody catches this, which is what is tested.");
    });
  },
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
  port.on("message", async ([action, argument]) => answer((await actions[action](argument)) ?? null));
  answer("ready");
}
