import { execFile } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { arrangementFor } from "../../../src/cgroup/dmem-options.ts";
import { ByteLocks } from "../../../src/core/byte-locks.ts";
import { native } from "../../../src/core/native.ts";
import { openSharedCore, removeSharedArena } from "../../../src/core/shared-core.ts";
import { Dmem } from "../../../src/index.ts";
import { CLI } from "../../support/command-line.ts";
import { missing, needsAddon, openDescriptors, openDmem, SMALL, sharedFolder } from "../../support/native-addon.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { SharingProcess } from "../../support/sharing-process.ts";
import { slotsUsed } from "../../support/small-dmem.ts";

const RACE = fileURLToPath(new URL("./sharing-race.mjs", import.meta.url));
const EFFORT = Number(process.env.EFFORT ?? 1);
/** A hundred times as many in test/stress/one-leaf.test.ts. */
const CHARGES = 200_000 * EFFORT;

describe.skipIf(missing !== null)(needsAddon("processes that share a file"), () => {
  const folder = sharedFolder();

  function onePool(path: string) {
    const dmem = openDmem(path, { capacity: SMALL });
    const region = dmem.registerRegion("vram", { size: 1000 });
    return { dmem, pool: dmem.root.mkdir("a").pool(region), top: dmem.root.pool(region) };
  }

  test(`two processes make ${CHARGES} charges each on one leaf, and nothing is lost`, async () => {
    const path = join(folder, "charges");
    const { dmem, pool, top } = onePool(path);
    const others = await Promise.all([SharingProcess.start(path), SharingProcess.start(path)]);
    const held = await Promise.all(others.map((other) => other.ask("chargeOften", CHARGES)));
    expect(held).toEqual([(CHARGES / 2) * 3, (CHARGES / 2) * 3]);
    expect([pool.usage, top.usage, pool.held]).toEqual([CHARGES * 3, CHARGES * 3, 0]);
    await Promise.all(others.map((other) => other.end()));
    expect([pool.usage, top.usage, slotsUsed(dmem).agents]).toEqual([0, 0, 1]);
  }, 600_000);

  test("a limit that one sets refuses the other, and names the pool", async () => {
    const path = join(folder, "limit");
    const { pool } = onePool(path);
    const other = await SharingProcess.start(path);
    await other.ask("charge", 10);
    pool.max = 12;
    expect([pool.tryCharge(3), pool.tryCharge(2), await other.ask("usage")]).toEqual([pool, null, 12]);
  });

  test("of many that come at once one makes the file and all the others join it", async () => {
    const rounds = 20 * EFFORT;
    const results = await race("meet", rounds);
    expect(results.map(({ stderr }) => stderr)).toEqual(["", "", ""]);
    for (let round = 0; round < rounds; round++) {
      const dmem = Dmem.open(join(folder, `race-${round}`), { create: false });
      expect(dmem.root.children).toHaveLength(3);
      expect(slotsUsed(dmem).agents).toBe(1);
      dmem.dispose();
    }
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  }, 600_000);

  test("whoever has joined keeps the file, whoever else wants to remove it", async () => {
    const results = await race("remove", 10 * EFFORT);
    expect(results.map(({ stderr }) => stderr)).toEqual(["", "", ""]);
    expect(results.some(({ stdout }) => Number(stdout) > 0)).toBe(true);
  }, 600_000);

  /** Three processes that do the same at the same moments. */
  function race(role: string, rounds: number): Promise<{ stdout: string; stderr: string }[]> {
    const args = [role, folder, `${Date.now() + 500}`, `${rounds}`, CLI];
    const run = () =>
      new Promise<{ stdout: string; stderr: string }>((resolve) => {
        execFile(process.execPath, [RACE, ...args], (_, stdout, stderr) => resolve({ stdout, stderr }));
      });
    return Promise.all([run(), run(), run()]);
  }

  test("a file is not removed while anybody alive is attached", async () => {
    const path = join(folder, "removed");
    const { dmem } = onePool(path);
    const other = await SharingProcess.start(path);
    dmem.dispose();
    const before = openDescriptors();
    expectRefusal(() => removeSharedArena(path, "user"), "EBUSY", path);
    expect(openDescriptors()).toBe(before);
    await other.kill(); // detaches from nothing
    removeSharedArena(path, "user");
    expectRefusal(() => removeSharedArena(path, "user"), "ENOENT", path);
  });

  test("what is no arena is not removed", () => {
    const path = join(folder, "text");
    writeFileSync(path, "a letter");
    expectRefusal(() => removeSharedArena(path, "user"), "EINVAL", "not an arena");
    expect(readFileSync(path, "utf8")).toBe("a letter");
  });

  test("after a removal a new controller is made, in the same process too", () => {
    const path = join(folder, "anew");
    const first = Dmem.open(path, { capacity: SMALL });
    first.root.mkdir("a");
    first.dispose();
    removeSharedArena(path, "user");
    expect(openDmem(path, { capacity: SMALL }).root.children).toEqual([]);
  });

  // It was refused with ENOSPC if the removal was over between the refusal and the look at its reason.
  test("whoever comes during a removal makes a new file, also if it is over when he is refused", () => {
    const path = join(folder, "vanishing");
    Dmem.open(path, { capacity: SMALL }).dispose();
    const descriptor = openSync(path, "r+");
    const remover = new ByteLocks(native(), descriptor);
    closeSync(descriptor);
    vi.spyOn(ByteLocks.prototype, "isClosedOff", "get").mockImplementation(() => {
      rmSync(path);
      remover.close();
      return false;
    });
    onTestFinished(() => void vi.restoreAllMocks());
    const options = { access: "user", create: true, arrangement: arrangementFor({ capacity: SMALL }) } as const;
    const core = openSharedCore(path, { ...options, accept: () => void remover.closeOff() });
    expect([core.attached, statSync(path).nlink]).toEqual([true, 1]);
    core.detach();
  });

  test("a handle does not lead to another file that has the path by now", () => {
    const path = join(folder, "replaced");
    const first = openDmem(path, { capacity: SMALL });
    const before = openDescriptors();
    rmSync(path);
    expectRefusal(() => Dmem.attach(first.handle), "ENOENT", path, "removed or replaced");
    const second = openDmem(path, { capacity: SMALL });
    expectRefusal(() => Dmem.attach(first.handle), "ENOENT", path, "removed or replaced");
    second.dispose();
    expect([openDescriptors(), first.root.mkdir("a").path, statSync(path).nlink]).toEqual([before, "/a", 1]);
  });
});
