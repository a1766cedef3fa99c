// Does everything that changes an arena, as fast as it can, until it is terminated in the middle of it.

import { parentPort, workerData } from "node:worker_threads";
import { Dmem } from "../../dist/index.js";
import { Random } from "./random.mjs";

const dmem = Dmem.attach(workerData.dmem);
const random = new Random(workerData.seed);
const region = dmem.regions[0];
const group = dmem.cgroup("/shared/mortal");
const pool = group.pool(region);
const stocked = dmem.cgroup("/shared/mortal/stocked").pool(region);
let serial = 0;

const DEEDS = [
  [12, () => pool.charge(random.below(1000))],
  [12, () => pool.uncharge(random.below(pool.held + 1))],
  [12, () => stocked.tryCharge(random.below(100))],
  [12, () => stocked.uncharge(random.below(stocked.held + 1))],
  [1, () => stocked.stock({ batch: random.below(5000) })],
  [1, () => stocked.drain()],
  [2, () => pool.charge(1) ?? pool.handOver(1)],
  [1, makeAndRemove],
  [1, registerAndUnregister],
  [
    1,
    () => {
      pool.low = random.below(1000);
    },
  ],
];

/** A group goes with something charged to it. */
function makeAndRemove() {
  const child = group.mkdir(`${workerData.seed}.${serial++}`);
  child.pool(region).charge(random.below(100));
  child.rmdir();
}

function registerAndUnregister() {
  const other = dmem.registerRegion(`drm/${workerData.seed}/${serial++}`, { size: 1 });
  pool.cgroup.pool(other).charge(random.below(100));
  other.unregister();
}

const deeds = DEEDS.flatMap(([weight, deed]) => Array(weight).fill(deed));
parentPort.postMessage("alive");
for (;;) attempt(random.pick(deeds));

/** Its arena is small, so that it is full now and then. */
function attempt(deed) {
  try {
    deed();
  } catch (error) {
    if (error.code !== "ENOSPC" && error.code !== "EAGAIN") throw error;
  }
}
