// Does what its parent says, on the pool of /a, and answers with what comes of it. Ends by itself when told to.

import { parentPort, workerData } from "node:worker_threads";

const { Dmem } = await import(workerData.library);
const dmem = Dmem.attach(workerData.dmem);
const pool = dmem.cgroup("/a").pool(dmem.region("vram"));

const actions = {
  charge: (bytes) => pool.charge(bytes),
  handOver: (bytes) => pool.handOver(bytes),
  adopt: (ticket) => pool.adopt(ticket),
  held: () => pool.held,
  mkdir: (name) => dmem.root.mkdir(name).path,
  giveBackWhenAsked: () => {
    dmem.region("vram").reclaim = (below, bytes) => below.uncharge(bytes);
  },
  end: () => parentPort.close(),
};

parentPort.on("message", ([action, argument]) => parentPort.postMessage(actions[action](argument)));
