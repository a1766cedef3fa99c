import { describe, expect, test, vi } from "vitest";
import { ARENA_LOCK } from "../../../assembly/abi.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { attachTo, memoryOf, onePool, seenBy, slotsUsed } from "../../support/small-dmem.ts";

describe("dispose", () => {
  test("returns what this agent holds, at every level, and nothing of others", () => {
    const { dmem, region, group, pool } = onePool();
    const other = attachTo(dmem);
    const below = group.mkdir("b").pool(region);
    pool.charge(1);
    seenBy(other, pool).charge(10);
    seenBy(other, below).charge(100);
    expect([below.usage, pool.usage, dmem.root.pool(region).usage]).toEqual([100, 111, 111]);
    other.dispose();
    expect([below.usage, pool.usage, dmem.root.pool(region).usage, pool.held]).toEqual([0, 1, 1, 1]);
  });

  test("returns what lies in tickets that nobody adopted, and spends them", () => {
    const { dmem, pool } = onePool();
    const other = attachTo(dmem);
    const same = seenBy(other, pool);
    same.charge(10);
    const tickets = [same.handOver(3), same.handOver(4)];
    pool.adopt(same.handOver(1));
    other.dispose();
    expect([pool.usage, pool.held, slotsUsed(dmem).tickets]).toEqual([1, 1, 0]);
    for (const ticket of tickets) expectRefusal(() => pool.adopt(ticket), "EINVAL", "ticket");
  });

  test("frees what was kept for its charges alone", () => {
    const { dmem, region, group, pool } = onePool();
    const other = attachTo(dmem);
    seenBy(other, pool).charge(5);
    group.rmdir();
    region.unregister();
    expect(slotsUsed(dmem)).toMatchObject({ agents: 2, cgroups: 2, regions: 1, pools: 2, accounts: 1 });
    other.dispose();
    expect(slotsUsed(dmem)).toEqual({ agents: 1, cgroups: 1, regions: 0, pools: 0, accounts: 0, tickets: 0 });
  });

  test("frees a group that only a ticket's bytes have kept", () => {
    const { dmem, group, pool } = onePool();
    const other = attachTo(dmem);
    const same = seenBy(other, pool);
    same.charge(5);
    same.handOver(5);
    group.rmdir();
    expect(slotsUsed(dmem)).toMatchObject({ cgroups: 2, pools: 2, tickets: 1 });
    other.dispose();
    expect(slotsUsed(dmem)).toMatchObject({ cgroups: 1, pools: 1, tickets: 0 });
  });

  test("does nothing the second time", () => {
    const { dmem, pool } = onePool();
    const other = attachTo(dmem);
    seenBy(other, pool).charge(5);
    other.dispose();
    const next = attachTo(dmem); // in the same slot
    seenBy(next, pool).charge(7);
    other.dispose();
    other[Symbol.dispose]();
    expect(pool.usage).toBe(7);
  });

  test("that met a lock held for too long can be tried again", () => {
    const { dmem, pool } = onePool();
    const other = attachTo(dmem);
    seenBy(other, pool).charge(5);
    const words = new Uint32Array(memoryOf(dmem).buffer);
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => {
      now += 1000;
      return now;
    });
    words[ARENA_LOCK / 4] = 1;
    expectRefusal(() => other.dispose(), "EAGAIN", "Thread");
    words[ARENA_LOCK / 4] = 0;
    clock.mockRestore();
    other.dispose();
    expect([pool.usage, slotsUsed(dmem).agents]).toEqual([0, 1]);
  });

  test("of the agent that made the controller leaves it to the others", () => {
    const { dmem, pool } = onePool();
    const other = attachTo(dmem);
    const same = seenBy(other, pool);
    pool.charge(5);
    dmem.dispose();
    same.charge(1);
    expect([same.usage, other.root.mkdir("b").path, other.regions.length]).toEqual([1, "/b", 1]);
  });
});
