// Comes and goes: attaches, charges, lays something down for nobody, and leaves with everything still charged.

import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";
import { Dmem } from "../../dist/index.js";

const { visits, index } = workerData;

for (let visit = 1; visit <= visits; visit++) {
  const dmem = Dmem.attach(workerData.dmem);
  const pool = dmem.cgroup("/shared").pool(dmem.regions[0]);
  const own = dmem.cgroup("/shared").mkdir(`visitor${index}.${visit}`);
  pool.charge(visit);
  own.pool(dmem.regions[0]).charge(visit);
  pool.handOver(1);
  assert.equal(pool.held, visit - 1);
  own.rmdir();
  dmem.dispose();
}
parentPort.postMessage(visits);
