import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { Dmem } from "../../src/index.ts";
import { missing, needsAddon } from "../support/native-addon.ts";
import { EFFORT, SEED } from "./effort.ts";
import { fill } from "./fill.ts";
import { agentsOf, removeAllBut, until } from "./survivors.ts";

// The built package, as the other processes have it.
const library = new URL("../../dist/index.js", import.meta.url).href;
const { Dmem: Controller } = (await import(library)) as typeof import("../../src/index.ts");

const ROUNDS = 30 * EFFORT;
/** Of the whole: a round takes half a second where nothing else runs. */
const TIMEOUT_MS = 600_000 * Math.max(1, EFFORT / 10);
const RESIDENTS = 2;
const MORTALS = 2;
const CAPACITY = {
  cgroups: 512,
  regions: 128,
  pools: 1024,
  agents: 1 + RESIDENTS + MORTALS,
  accounts: 4096,
  tickets: 256,
};
const MEMORY = "/dev/shm";

test.skipIf(missing !== null)(
  needsAddon("nothing of killed processes stays charged"),
  async () => {
    process.stdout.write(`EFFORT=${EFFORT} STRESS_SEED=${SEED}\n`);
    const path = join(mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "dmemcg-")), "card");
    onTestFinished(() => rmSync(join(path, ".."), { recursive: true }));
    const { dmem, mortal, residents } = await crowd(path);
    let longest = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const mortals = await start("mortal-process.mjs", { path, count: MORTALS, seed: SEED + round * MORTALS });
      await sleep(Math.random() * 20);
      for (const child of mortals) child.kill("SIGKILL");
      const killed = performance.now();
      await until(() => agentsOf(dmem) === 1 + RESIDENTS);
      longest = Math.max(longest, performance.now() - killed);
      expect(mortal.usage, `round ${round}`).toBe(0);
      removeAllBut(dmem, mortal.cgroup, "stocked");
    }
    process.stdout.write(`${ROUNDS} rounds; the longest until nothing was left: ${Math.round(longest)} ms\n`);
    await checkBooks(dmem, residents);
    for (const group of ["/shared/mortal/stocked", "/shared/mortal", "/shared"]) dmem.cgroup(group).rmdir();
    expect(fill(dmem)).toEqual(CAPACITY);
  },
  TIMEOUT_MS,
);

async function crowd(path: string) {
  const dmem = Controller.open(path, { capacity: CAPACITY });
  onTestFinished(() => dmem.dispose());
  const region = dmem.registerRegion("drm/0/vram", { size: 2 ** 40 });
  const mortal = dmem.root.mkdir("shared").mkdir("mortal").pool(region);
  mortal.cgroup.mkdir("stocked");
  const residents = await start("resident-process.mjs", { path, count: RESIDENTS, seed: SEED });
  return { dmem, mortal, residents };
}

/** Those who live on hold what they say, and nobody holds anything else. */
async function checkBooks(dmem: Dmem, residents: readonly ChildProcess[]): Promise<void> {
  const holdings = await Promise.all(
    residents.map(async (child) => {
      const report = once(child, "message");
      child.send("report");
      return (await report)[0] as { holds: number; held: number };
    }),
  );
  for (const { holds, held } of holdings) expect(held).toBe(holds);
  expect(dmem.root.pool(dmem.region("drm/0/vram")).usage).toBe(holdings.reduce((sum, { holds }) => sum + holds, 0));
  const ends = residents.map((child) => once(child, "exit"));
  for (const child of residents) child.send("exit");
  await Promise.all(ends);
}

async function start(file: string, of: { path: string; count: number; seed: number }): Promise<ChildProcess[]> {
  const children = Array.from({ length: of.count }, (_, index) =>
    fork(fileURLToPath(new URL(file, import.meta.url)), [of.path, String((of.seed + index) >>> 0)]),
  );
  for (const child of children) onTestFinished(() => void child.kill("SIGKILL"));
  await Promise.all(children.map((child) => once(child, "message")));
  return children;
}
