import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { missing, needsAddon, openDmem, SMALL, sharedFolder } from "../../support/native-addon.ts";
import { SharingProcess } from "../../support/sharing-process.ts";
import { slotsUsed } from "../../support/small-dmem.ts";

describe.skipIf(missing !== null)(needsAddon("a process that shares a controller"), () => {
  const folder = sharedFolder();
  let files = 0;

  /** A controller with the pool of /a, which other processes charge. */
  function shared() {
    const path = join(folder, `${files++}`);
    const dmem = openDmem(path, { capacity: SMALL });
    const region = dmem.registerRegion("vram", { size: 1000 });
    return { path, dmem, region, pool: dmem.root.mkdir("a").pool(region), top: dmem.root.pool(region) };
  }

  test.each([
    ["exit", 0],
    ["throw", 1],
    ["abort", "SIGABRT"],
  ] as const)("that ends by %s gives everything back: charges, stock and tickets", async (how, code) => {
    const { path, dmem, pool, top } = shared();
    const other = await SharingProcess.start(path);
    await other.ask("charge", 50);
    await other.ask("handOver", 20);
    await other.ask("stock", 100);
    await other.ask("tryCharge", 1);
    expect([pool.usage, slotsUsed(dmem).tickets]).toEqual([151, 1]);
    expect(await other.end(how)).toBe(code);
    await vi.waitUntil(() => slotsUsed(dmem).agents === 1, { timeout: 10_000 });
    expect([pool.usage, top.usage, slotsUsed(dmem).tickets, slotsUsed(dmem).accounts]).toEqual([0, 0, 0, 0]);
  });

  test("that is stopped keeps what it holds while others are cleared up after, and goes on later", async () => {
    const { path, dmem, pool } = shared();
    const [stopped, killed] = [await SharingProcess.start(path), await SharingProcess.start(path)];
    await stopped.ask("charge", 5);
    await killed.ask("charge", 7);
    await stopped.stop();
    await killed.kill();
    await vi.waitUntil(() => slotsUsed(dmem).agents === 2, { timeout: 10_000 });
    expect(pool.usage).toBe(5);
    stopped.resume();
    expect(await stopped.ask("held")).toBe(5);
    await stopped.ask("uncharge", 2);
    await stopped.ask("charge", 10);
    expect([await stopped.ask("held"), pool.usage]).toEqual([13, 13]);
  });

  test("that is killed while it is stopped is dead", async () => {
    const { path, dmem, pool } = shared();
    const other = await SharingProcess.start(path);
    await other.ask("charge", 5);
    await other.stop();
    await other.kill();
    await vi.waitUntil(() => slotsUsed(dmem).agents === 1, { timeout: 10_000 });
    expect(pool.usage).toBe(0);
  });

  test("hands a group to another one by its path, and the group outlives it", async () => {
    const { path, dmem, pool } = shared();
    const [first, second] = [await SharingProcess.start(path), await SharingProcess.start(path)];
    const group = await first.ask("mkdir", "job");
    expect(group).toBe("/a/job");
    await first.ask("use", group);
    await first.ask("charge", 5);
    await second.ask("use", group);
    await second.ask("charge", 7);
    await first.end();
    expect([pool.usage, await second.ask("usage")]).toEqual([7, 7]);
    await second.ask("rmdir");
    expect([dmem.cgroup("/a").children, pool.usage]).toEqual([[], 7]);
    await second.end();
    expect([pool.usage, slotsUsed(dmem).cgroups]).toEqual([0, 2]);
  });

  test("hands what it holds to another one by a ticket, and nothing of it goes when it ends", async () => {
    const { path, pool } = shared();
    const [first, second] = [await SharingProcess.start(path), await SharingProcess.start(path)];
    await first.ask("charge", 9);
    const ticket = await first.ask("handOver", 4);
    expect(await second.ask("adopt", ticket)).toBe(4);
    await first.end();
    expect([pool.usage, await second.ask("held")]).toEqual([4, 4]);
  });
});
