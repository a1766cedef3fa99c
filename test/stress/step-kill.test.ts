import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { Dmem } from "../../src/index.ts";
import { compileModelBinary } from "../model/engine/model-core.ts";
import { missing, needsAddon } from "../support/native-addon.ts";
import { EFFORT } from "./effort.ts";
import { fill } from "./fill.ts";
import { agentsOf, removeAllBut, until } from "./survivors.ts";

// Every access of one deed is its last one, in turn: all of them with EFFORT=10, some of them otherwise.

const DEEDS = [
  ...["tryCharge", "uncharge", "charge ahead", "stock and drain", "mkdir", "rmdir", "pool"],
  ...["registerRegion", "unregister", "dmem.low", "handOver", "dispose"],
];
const STRIDE = Math.max(1, Math.round(29 / EFFORT / EFFORT));
const CAPACITY = { cgroups: 16, regions: 4, pools: 16, agents: 4, accounts: 32, tickets: 8 };
const MEMORY = "/dev/shm";

const binary = await compileModelBinary();

test.skipIf(missing !== null).each(DEEDS)(
  needsAddon("nothing is left of a process that is killed at a step of %s"),
  async (deed) => {
    const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "dmemcg-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [path, modelFile] = [join(folder, "card"), join(folder, "model.wasm")];
    writeFileSync(modelFile, binary);
    const dmem = Dmem.open(path, { capacity: CAPACITY });
    onTestFinished(() => dmem.dispose());
    const region = dmem.registerRegion("drm/0/vram", { size: 2 ** 40 });
    const mortal = dmem.root.mkdir("shared").mkdir("mortal");
    mortal.mkdir("stocked");
    const top = dmem.root.pool(region);
    let steps = 0;
    while (await isKilled([path, modelFile, deed, String(steps)])) {
      await until(() => agentsOf(dmem) === 1);
      expect(top.usage, `step ${steps}`).toBe(0);
      removeAllBut(dmem, mortal, "stocked");
      steps += STRIDE;
    }
    expect(steps).toBeGreaterThan(0);
    removeAllBut(dmem, mortal, "stocked");
    for (const group of ["/shared/mortal/stocked", "/shared/mortal", "/shared"]) dmem.cgroup(group).rmdir();
    expect(fill(dmem)).toEqual(CAPACITY);
  },
);

/** Whether the process was killed at that step; otherwise it had done all before. */
async function isKilled(args: readonly string[]): Promise<boolean> {
  const child = fork(fileURLToPath(new URL("stepping-process.ts", import.meta.url)), args, {
    execArgv: ["--import", "tsx"],
  });
  const [code, signal] = await once(child, "exit");
  if (signal === "SIGKILL") return true;
  if (code !== 0) throw new Error(`It ends with code ${code}.`);
  return false;
}
