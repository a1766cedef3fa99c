// A suite whose charge is never returned: started by bench.test.ts.

import assert from "node:assert/strict";
import { suite } from "../../../bench/harness/suite.ts";
import { Dmem } from "../../../src/index.ts";

const dmem = Dmem.create();
const pool = dmem.root.pool(dmem.registerRegion("vram", { size: 4096 }));
pool.charge(1);

await suite("wrong-sum", [
  {
    name: "charge",
    run() {
      pool.charge(1);
      pool.uncharge(1);
    },
    check: () => assert.equal(pool.usage, 0, "1 page is still charged"),
  },
]);
