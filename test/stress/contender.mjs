// Charges and returns the same amount again and again, where there is room for a few contenders at a time. Each counts
// itself while it holds the amount: after the charge, and until before the return.

import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";
import { Dmem } from "../../dist/index.js";
import { meet } from "./meeting.mjs";

const { path, amount, room, tries, shared } = workerData;

const dmem = Dmem.attach(workerData.dmem);
const pool = dmem.cgroup(path).pool(dmem.regions[0]);
let refused = 0;

meet(shared);
for (let left = tries; left > 0; left--) {
  if (pool.tryCharge(amount) === null) {
    const inside = Atomics.add(shared.inside, 0, 1) + 1;
    assert.ok(inside <= room, `${inside} hold an amount for which there is room ${room} times`);
    Atomics.sub(shared.inside, 0, 1);
    pool.uncharge(amount);
  } else refused++;
}
dmem.dispose();
parentPort.postMessage(refused);
