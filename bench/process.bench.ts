import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join as joined } from "node:path";
import { Dmem, type DmemError } from "dmemcg";
import { sized } from "./harness/mode.ts";
import { median } from "./harness/statistics.ts";
import { type SampledCase, suite } from "./harness/suite.ts";
import { PAGE, scattered } from "./subjects/groups.ts";
import { ChargingProcess, join } from "./subjects/processes.ts";

// Controllers in a file that processes share: what a charge costs there and in memory that is one process's own, and
// how long a process takes to join, and to have another one make room. Each controller is in a process of its own, and
// only one of them works at a time.

const GROUPS = sized(100_000, 1000);
const COUNT = GROUPS.toLocaleString("en");
const DEPTHS = [1, 4, 16];
const PAIRS = sized(200_000, 2000);
const FEWEST = 100;
const JOINS = sized(5, 1); // a process each: what the case before left in the caches weighs most in the first
const REQUESTS = sized(200, 10);
const LEAVES = Array.from(scattered(sized(50_000, 500), GROUPS));

const MEMORY = "/dev/shm";
const folder = mkdtempSync(joined(existsSync(MEMORY) ? MEMORY : tmpdir(), "dmemcg-bench-"));
const path = joined(folder, "card");
const missing = whatIsMissing();
for (const note of missing) console.log(note);

const inMemory = new ChargingProcess(GROUPS);
const inFile = missing.length > 0 ? null : new ChargingProcess(GROUPS, path);
const small = `${path}-small`; // whom to ask takes a step for each account, which is not what is asked here
const asked = missing.length > 0 ? null : new ChargingProcess(FEWEST, small);

function chargeCases(where: string, process: ChargingProcess, against?: string): SampledCase[] {
  const one = (what: string, ask: readonly [string, ...unknown[]]): SampledCase => {
    let usage = Number.NaN;
    return {
      name: `pool.tryCharge ${where}, ${what}`,
      unit: "ns",
      ...(against === undefined ? {} : { against: [`pool.tryCharge ${against}, ${what}`] }),
      async sample() {
        const nanoseconds = await process.ask(...ask);
        usage = await process.ask("usage");
        return nanoseconds;
      },
      check: () => assert.equal(usage, 0),
    };
  };
  return [
    ...DEPTHS.map((depth) => one(`depth ${depth}`, ["depth", depth, PAIRS])),
    one("random leaves", ["leaves", LEAVES]),
  ];
}

const joining: SampledCase = {
  name: `Dmem.open in a process, ${COUNT} cgroups`,
  unit: "ms",
  async sample() {
    const spans: number[] = [];
    while (spans.length < JOINS) {
      const { milliseconds, held } = await join(path, "/top 99/leaf 99 0");
      assert.equal(held, PAGE, "the late process sees the tree");
      spans.push(milliseconds);
    }
    return median(spans);
  },
  check: () => undefined,
};

/** From the question to the answer, the callback in the other process included. */
function asking(process: ChargingProcess): SampledCase {
  let brought = 0;
  return {
    name: "pool.reclaim, answered by another process",
    unit: "ms",
    async sample() {
      using dmem = Dmem.open(small);
      const pool = dmem.root.pool(dmem.region("vram"));
      await process.ask("offer", REQUESTS * PAGE);
      const start = performance.now();
      for (let left = REQUESTS; left > 0; left--) brought += await pool.reclaim(PAGE);
      return (performance.now() - start) / REQUESTS;
    },
    check: () => assert.equal(brought % (REQUESTS * PAGE), 0),
  };
}

/** What a suite that needs the addon has to say if there is none. */
function whatIsMissing(): string[] {
  try {
    Dmem.open(joined(folder, "missing"), { create: false });
  } catch (error) {
    if ((error as DmemError).code === "ENOTSUP") {
      return ["No addon (npm run build:native): the cases with a file are left out."];
    }
  }
  return [];
}

try {
  const cases =
    inFile === null || asked === null ? [] : [...chargeCases("in a file", inFile, "in memory"), joining, asking(asked)];
  await suite("process", [...chargeCases("in memory", inMemory), ...cases], missing);
} finally {
  await Promise.all([inMemory, inFile, asked].map((process) => process?.ask("end")));
  rmSync(folder, { recursive: true });
}
