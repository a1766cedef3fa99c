import { availableParallelism } from "node:os";
import { describe, expect, test } from "vitest";
import { Dmem, type Semantics } from "../../src/index.ts";
import type { Counts, Plan } from "./crew.ts";
import { EFFORT, MINUTES, SEED } from "./effort.ts";
import { fill } from "./fill.ts";
import { MemoryWatch } from "./memory-watch.ts";
import { run } from "./run.ts";

const WORKERS = 4;
const ROUNDS = 24;
/** Of all threads in one run; there are two runs in each arena. */
const MOVES = 500_000;
/** So small that a few lost slots would show: as full arenas, and when it is filled in the end. */
const CAPACITY = {
  cgroups: 96,
  regions: 4,
  pools: 160,
  agents: WORKERS + 1,
  accounts: (WORKERS + 1) * 160,
  tickets: WORKERS * 8,
};
const PLAN: Plan = {
  seed: SEED,
  workers: WORKERS,
  rounds: ROUNDS * EFFORT,
  moves: Math.ceil(MOVES / ROUNDS / WORKERS),
  leave: "empty-handed",
  misreport: 0,
};

/** What has to happen now and then, or the run shows nothing. */
const EXPECTED = [
  ...["adopt", "adopt EINVAL", "ask", "charge", "child", "children", "children ENODEV", "handOver", "hard refused"],
  ...["hard tryCharge", "limit", "mkdir", "mkdir EEXIST", "mkdir ENOSPC", "pool ENODEV", "read", "reclaim", "register"],
  ...["rmdir", "rmdir EBUSY", "rmdir ENODEV", "take back", "take back EINVAL", "tryCharge", "tryCharge ENODEV"],
  ...["tryCharge refused", "uncharge", "unregister", "write"],
];

test.each<Semantics>(["intended", "linux-7.3"])(
  "after a million moves of four threads everything is as before: %s",
  async (semantics) => {
    process.stdout.write(`EFFORT=${EFFORT} STRESS_SEED=${SEED} ${semantics}\n`);
    const dmem = createDmem(semantics);
    const first = await run(dmem, PLAN);
    expect(fill(dmem)).toEqual(CAPACITY);
    const second = await run(dmem, { ...PLAN, seed: SEED + WORKERS, leave: "with-everything" });
    expect(fill(dmem)).toEqual(CAPACITY);
    for (const counts of [first, second]) expect(EXPECTED.filter((name) => !counts[name])).toEqual([]);
    print([first, second]);
  },
);

test.skipIf(MINUTES === null)(
  "the full mix goes on for as long as asked, on all cores",
  async () => {
    const deadline = Date.now() + (MINUTES ?? 0) * 60_000;
    const workers = Math.max(2, availableParallelism());
    const memory = new MemoryWatch();
    const capacity = { ...CAPACITY, agents: workers + 1, accounts: (workers + 1) * CAPACITY.pools };
    for (let runs = 0; Date.now() < deadline; runs++) {
      const seed = SEED + runs * workers;
      process.stdout.write(`run ${runs + 1}: STRESS_SEED=${seed}\n`);
      const dmem = createDmem(runs % 2 === 0 ? "intended" : "linux-7.3", capacity);
      await run(dmem, { ...PLAN, seed, workers, rounds: ROUNDS });
      expect(fill(dmem)).toEqual(capacity);
      dmem.dispose();
      memory.sample();
    }
    expect(memory.complaints()).toEqual([]);
  },
  ((MINUTES ?? 0) + 10) * 60_000,
);

describe("the check", () => {
  const small: Plan = { ...PLAN, workers: 2, rounds: 3, moves: 2000 };

  test.each([1, -1])("notices a book that is wrong by %i byte", async (misreport) => {
    await expect(run(createDmem(), { ...small, misreport })).rejects.toThrow(/usage \d+, the books say \d+/);
  });

  test("has nothing against books that are right", async () => {
    await expect(run(createDmem(), small)).resolves.toBeTypeOf("object");
  });
});

function createDmem(semantics: Semantics = "intended", capacity = CAPACITY): Dmem {
  const dmem = Dmem.create({ semantics, capacity });
  dmem.registerRegion("drm/0/vram", { size: 2 ** 40 });
  return dmem;
}

function print(runs: readonly Counts[]): void {
  const names = [...new Set(runs.flatMap(Object.keys))].sort();
  const figures = names.map((name) => `${name}: ${runs.map((counts) => counts[name] ?? 0).join(" + ")}`);
  process.stdout.write(`${figures.join(", ")}\n`);
}
