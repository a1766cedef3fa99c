import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { Dmem } from "../../../src/index.ts";
import { missing, needsAddon, openDescriptors, openDmem, SMALL, sharedFolder } from "../../support/native-addon.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { attachTo, memoryOf, slotsUsed } from "../../support/small-dmem.ts";

describe.skipIf(missing !== null)(needsAddon("Dmem.open"), () => {
  const folder = sharedFolder();

  test("makes the file for its owner alone, of the arena's size, with all blocks and nothing beside it", () => {
    const path = join(folder, "new");
    const dmem = openDmem(path, { capacity: SMALL });
    const { mode, size, blocks, nlink } = statSync(path);
    expect([mode & 0o777, size, nlink]).toEqual([0o600, memoryOf(dmem).buffer.byteLength, 1]);
    expect(blocks * 512).toBeGreaterThanOrEqual(size);
    expect(readdirSync(folder)).toEqual(["new"]);
  });

  test.skipIf(!isMainThread)("gives the group access where that is wanted, whatever the umask", () => {
    const path = join(folder, "group");
    const before = process.umask(0o077);
    openDmem(path, { capacity: SMALL, access: "group" });
    process.umask(before);
    expect(statSync(path).mode & 0o777).toBe(0o660);
  });

  test("leads to the same memory the second time, as another agent", () => {
    const path = join(folder, "twice");
    const [one, two] = [openDmem(path, { capacity: SMALL }), openDmem(path)];
    expect(memoryOf(one)).toBe(memoryOf(two));
    expect(slotsUsed(one).agents).toBe(2);
    one.registerRegion("vram", { size: 1 });
    expect(two.regions.map(String)).toEqual(one.regions.map(String));
  });

  test("takes everything from the file that is there", () => {
    const path = join(folder, "options");
    openDmem(path, { capacity: SMALL, controller: "drm", subtreeControl: "manual", semantics: "linux-7.3" });
    const other = openDmem(path);
    expect([other.semantics, other.root.read("cgroup.controllers"), other.root.read("cgroup.subtree_control")]).toEqual(
      ["linux-7.3", "drm\n", ""],
    );
    openDmem(path, { semantics: "linux-7.3", capacity: { pools: SMALL.pools } });
  });

  test.each([
    [{ semantics: "linux-7.3" } as const, 'semantics "intended", not "linux-7.3"'],
    [{ controller: "drm" } as const, 'controller "dmem", not "drm"'],
    [{ subtreeControl: "manual" } as const, 'subtreeControl "auto", not "manual"'],
    [{ capacity: { agents: 7 } }, "capacity.agents 6, not 7"],
  ])("refuses options that are not those of the file: %j", (options, difference) => {
    const path = join(folder, "contradicted");
    const dmem = openDmem(path, { capacity: SMALL });
    expectRefusal(() => Dmem.open(path, options), "EINVAL", path, difference);
    expect(slotsUsed(dmem).agents).toBe(1);
  });

  test.each(["", "a\0b", 5, null, undefined])("refuses the path %j", (path) => {
    expectRefusal(() => Dmem.open(path as never), "RangeError", "path");
  });

  test.each([{ access: "all" }, { create: 1 }, { semantics: "x" }, { capacity: { pools: 0 } }])(
    "refuses %j and makes nothing",
    (options) => {
      const path = join(folder, "refused");
      expectRefusal(() => Dmem.open(path, options as never), "RangeError", ...Object.keys(options));
      expect(existsSync(path)).toBe(false);
    },
  );

  test("makes nothing where that is not wanted", () => {
    const path = join(folder, "missing");
    expectRefusal(() => Dmem.open(path, { create: false }), "ENOENT", path);
    expect(existsSync(path)).toBe(false);
  });

  test("leaves what is charged to the file's other users, and the file to who comes later", () => {
    const path = join(folder, "later");
    const one = Dmem.open(path, { capacity: SMALL });
    const region = one.registerRegion("vram", { size: 100 });
    one.root.mkdir("a").pool(region).max = 50;
    one.dispose();
    const two = openDmem(path);
    const pool = two.cgroup("/a").pool(two.region("vram"));
    expect(pool.max).toBe(50);
  });

  test("has a lock of its own for each agent, and closes what it opened", () => {
    const path = join(folder, "descriptors");
    Dmem.open(path, { capacity: SMALL }).dispose();
    const before = openDescriptors();
    const one = Dmem.open(path);
    const two = Dmem.attach(one.handle);
    expect(openDescriptors()).toBe(before + 2);
    one.dispose();
    two.dispose();
    two.dispose();
    expect(openDescriptors()).toBe(before);
  });

  test("is refused when all agents are attached, and leaves no descriptor", () => {
    const dmem = openDmem(join(folder, "full"), { capacity: { ...SMALL, agents: 2 } });
    attachTo(dmem);
    const before = openDescriptors();
    for (let i = 0; i < 20; i++) expectRefusal(() => Dmem.open(join(folder, "full")), "ENOSPC", "capacity.agents");
    expect([openDescriptors(), slotsUsed(dmem).agents]).toEqual([before, 2]);
  });

  test("names the folder that is not there", () => {
    const path = join(folder, "no/such/folder");
    expectRefusal(() => Dmem.open(path), "ENOENT", path);
  });
});
