// Keeps a stock and never holds more than it is entitled to. All entitlements together fit, so that no charge may be
// refused, however much the others have charged ahead.

import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { Dmem } from "../../dist/index.js";
import { meet } from "./meeting.mjs";
import { Random } from "./random.mjs";

const { path, entitled, batch, moves, seed, shared } = workerData;

const dmem = Dmem.attach(workerData.dmem);
const pool = dmem.cgroup(path).pool(dmem.regions[0]);
const random = new Random(seed);
const counts = { charged: 0, late: 0 };
if (batch > 0) pool.stock({ batch });

/** What a thread that was not given a processor keeps for too long is an error, but not a refusal. */
function tryCharge(bytes) {
  for (;;) {
    try {
      return pool.tryCharge(bytes);
    } catch (error) {
      assert.equal(error.code, "EAGAIN");
      counts.late++;
    }
  }
}

meet(shared);
let holds = 0;
for (let left = moves; left > 0; left--) {
  const bytes = random.below(entitled + 1);
  if (holds + bytes <= entitled) {
    const limit = tryCharge(bytes);
    assert.equal(limit, null, `${limit} refused ${bytes} of ${path}, of which ${holds} of ${entitled} are held`);
    holds += bytes;
    counts.charged++;
  } else {
    const back = random.below(holds + 1);
    pool.uncharge(back);
    holds -= back;
  }
  if (random.oneIn(1000)) await nextTurn();
}
assert.equal(pool.held, holds);
pool.uncharge(holds);
dmem.dispose();
parentPort.postMessage(counts);
