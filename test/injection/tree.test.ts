import { expect, test } from "vitest";
import type { Dmem } from "../../src/index.ts";
import { onePool, slotsUsed } from "../support/small-dmem.ts";
import { controllerState } from "./controller-state.ts";
import { lackOf, lockedChanges } from "./core-faults.ts";
import { failEach } from "./fail-each.ts";

const OPERATIONS: Readonly<Record<string, (dmem: Dmem) => unknown>> = {
  mkdir: (dmem) => dmem.root.mkdir("b"),
  rmdir: (dmem) => dmem.cgroup("/a").rmdir(),
  registerRegion: (dmem) => dmem.registerRegion("tt", { size: 1, reclaim: () => "ENOSPC" }),
  unregister: (dmem) => dmem.region("vram").unregister(),
  "cgroup.subtree_control": (dmem) => dmem.cgroup("/a").write("cgroup.subtree_control", "-dmem"),
};

test.each(Object.entries(OPERATIONS))(
  "%s that cannot have the lock leaves everything as it was",
  async (_, operation) => {
    const failures = await failEach(() => {
      const { dmem, pool } = onePool();
      pool.charge(5);
      return { fault: lockedChanges(dmem), attempt: () => operation(dmem), state: () => controllerState(dmem) };
    });
    expect(failures).toBeGreaterThan(0);
  },
);

test("mkdir without a slot makes no group", async () => {
  const failures = await failEach(() => {
    const { dmem, group } = onePool();
    return { fault: lackOf("cgroups", dmem), attempt: () => group.mkdir("b"), state: () => controllerState(dmem) };
  });
  expect(failures).toBe(1);
});

test("registerRegion without a slot registers nothing", async () => {
  const failures = await failEach(() => {
    const { dmem } = onePool();
    const attempt = () => dmem.registerRegion("tt", { size: 1, reclaim: () => "ENOSPC" });
    return { fault: lackOf("regions", dmem), attempt, state: () => controllerState(dmem) };
  });
  expect(failures).toBe(1);
});

test("asking for a pool takes nothing that could be lacking", () => {
  const { dmem, region, group } = onePool();
  const before = slotsUsed(dmem);
  lackOf("pools", dmem).arm(1);
  expect(group.mkdir("b").pool(region).usage).toBe(0);
  expect(slotsUsed(dmem)).toMatchObject({ accounts: before.accounts });
});
