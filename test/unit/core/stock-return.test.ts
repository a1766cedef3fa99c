import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { expectRefusal } from "../../support/refusal.ts";
import { attachTo, coreOf, seenBy } from "../../support/small-dmem.ts";
import { stocked } from "./stocked-pool.ts";

// Two agents here are two handles of one thread: both put their stocks down at the end of the same turn.

describe("a stock is returned", () => {
  test("when it is switched off", () => {
    const { pool } = stocked();
    pool.tryCharge(5);
    pool.stock({ batch: 0 });
    expect([pool.usage, pool.held, pool.stocked]).toEqual([5, 5, 0]);
    pool.tryCharge(1);
    expect(pool.usage).toBe(6);
  });

  test("on demand", () => {
    const { dmem, region, pool } = stocked();
    pool.tryCharge(5);
    dmem.root.pool(region).drain();
    expect([pool.usage, pool.held, pool.stocked]).toEqual([5, 5, 0]);
    expect(pool.tryCharge(1)).toBeNull();
    expect(pool.usage).toBe(106);
  });

  test("when its agent detaches", () => {
    const { pool, other, theirs } = stocked();
    theirs.stock({ batch: 100 });
    theirs.tryCharge(5);
    other.dispose();
    expect([pool.usage, pool.stocked]).toEqual([0, 0]);
    expectRefusal(() => theirs.tryCharge(1), "ENODEV");
    expectRefusal(() => theirs.uncharge(1), "ENODEV");
  });

  test("when its own charge hits a limit", () => {
    const { dmem, region, group, pool } = stocked();
    const sibling = group.mkdir("b").pool(region);
    pool.max = 110;
    pool.tryCharge(5);
    expect(sibling.tryCharge(105)).toBeNull();
    expect([pool.usage, pool.stocked]).toEqual([110, 0]);
    expect(pool.tryCharge(1)).toBe(pool);
    expect(dmem.root.pool(region).usage).toBe(110);
  });

  test("when another's charge hits a limit anywhere above", async () => {
    const { group, other, pool } = stocked();
    const sibling = other.root.mkdir("b").pool(other.region("vram"));
    pool.tryCharge(5);
    await nextTurn();
    group.pool(pool.region).max = 105;
    expect(sibling.tryCharge(50)).toBeNull();
    expect(pool.stocked).toBe(100);
  });

  test("from the shelf, without its agent", async () => {
    const { pool, theirs } = stocked();
    pool.max = 105;
    pool.tryCharge(5);
    await nextTurn();
    expect(theirs.tryCharge(100)).toBeNull();
    expect([pool.usage, pool.held, theirs.held, pool.stocked]).toEqual([105, 5, 100, 0]);
    expect(pool.tryCharge(1)).toBe(pool);
    pool.uncharge(5);
    theirs.uncharge(100);
    expect(theirs.usage - theirs.stocked).toBe(0);
  });

  test("only if that helps: a charge that would not fit all the same is refused at once", async () => {
    const { pool, theirs } = stocked();
    pool.max = 105;
    pool.tryCharge(5);
    expect(theirs.tryCharge(101)).toBe(theirs);
    expect([pool.usage, pool.stocked]).toEqual([105, 100]);
  });

  test("at its agent's next charge, after it was recalled", () => {
    const { pool, theirs } = stocked();
    pool.max = 105;
    pool.tryCharge(5);
    expectRefusal(() => theirs.tryCharge(50), "EAGAIN", "a stock of other threads");
    expect(pool.stocked).toBe(100);
    expect(pool.tryCharge(10)).toBeNull();
    expect([pool.usage, pool.held, pool.stocked]).toEqual([15, 15, 0]);
    expect(theirs.tryCharge(50)).toBeNull();
  });

  test("at the end of its agent's turn, after it was recalled", async () => {
    const { pool, theirs } = stocked();
    pool.max = 105;
    pool.tryCharge(5);
    expectRefusal(() => theirs.tryCharge(50), "EAGAIN");
    await nextTurn();
    expect([pool.usage, pool.stocked]).toEqual([5, 0]);
  });

  test("when max is lowered below usage, before anything is reclaimed", () => {
    const { pool, region } = stocked();
    let asked = 0;
    region.reclaim = () => {
      asked++;
      return "ENOSPC";
    };
    pool.tryCharge(5);
    pool.max = 50;
    expect([pool.usage, pool.stocked, asked]).toEqual([5, 0, 0]);
    pool.tryCharge(45);
    pool.max = 10;
    expect(asked).toBeGreaterThan(0);
  });

  test("when its group is removed, from the shelf", async () => {
    const { dmem, region, group, pool } = stocked();
    pool.tryCharge(5);
    await nextTurn();
    seenBy(attachTo(dmem), pool).cgroup.rmdir();
    expect(dmem.root.pool(region).usage).toBe(5);
    expect(group.removed).toBe(true);
    expectRefusal(() => pool.tryCharge(1), "ENODEV");
    pool.uncharge(5);
    expect(dmem.root.pool(region).usage).toBe(0);
  });

  test("when its group is removed while it is in hand, at the end of the turn", async () => {
    const { dmem, region, group, pool } = stocked();
    pool.tryCharge(5);
    pool.uncharge(5);
    group.rmdir();
    await nextTurn();
    expect(dmem.root.pool(region).usage).toBe(0);
    const again = dmem.root.mkdir("a").pool(region);
    again.tryCharge(7);
    expectRefusal(() => pool.tryCharge(1), "ENODEV");
    expect([again.usage, again.stocked]).toEqual([7, 0]);
  });

  test("when its region is unregistered", async () => {
    const { region, pool } = stocked();
    pool.tryCharge(5);
    region.unregister();
    expectRefusal(() => pool.tryCharge(1), "ENODEV");
    pool.uncharge(5);
    expect(pool.usage).toBe(0);
  });
});

describe("a stock that another agent has in hand", () => {
  /** A stock of 100 in hand, 5 charged, and the other agent's clock, on which 60 ms go by with each look. */
  function inHand() {
    const setup = stocked();
    setup.pool.tryCharge(5);
    const core = coreOf(setup.theirs);
    let ms = 0;
    const now = vi.spyOn(core, "now").mockImplementation(() => {
      ms += 60;
      return ms;
    });
    return { ...setup, core, now };
  }

  test("is waited for by whoever wants all of them returned", () => {
    const { theirs } = inHand();
    expectRefusal(() => theirs.drain(), "EAGAIN", "a stock of other threads");
  });

  test("is waited for when max is lowered below usage, and then the rest is asked for", () => {
    const { other, theirs, now } = inHand();
    const reclaim = vi.fn(() => "EBUSY");
    other.region("vram").reclaim = reclaim;
    theirs.max = 50;
    expect([theirs.max, theirs.usage, now.mock.calls.length]).toEqual([50, 105, 3]);
    expect(reclaim.mock.calls).toEqual([[theirs, 55, other.region("vram")]]);
  });

  test("is not waited for when those on shelves suffice", () => {
    const { theirs, core, now } = inHand();
    theirs.stock({ batch: 40 });
    theirs.tryCharge(5);
    core.stocks.putDown();
    expect(theirs.usage).toBe(150);
    theirs.max = 110;
    expect([theirs.usage, now.mock.calls.length]).toEqual([110, 1]);
  });

  test("is not asked for when max is no lower than usage", () => {
    const { theirs, core } = inHand();
    const gather = vi.spyOn(core.stocks, "gather");
    theirs.max = 105;
    expect(gather).not.toHaveBeenCalled();
  });

  test("leaves max as it was if its return fails for another reason than time", () => {
    const { theirs, core } = inHand();
    vi.spyOn(core.stocks, "gather").mockImplementation(() => {
      throw new Error("of another kind");
    });
    expect(() => Object.assign(theirs, { max: 50 })).toThrow("of another kind");
    expect(theirs.max).toBe(Number.POSITIVE_INFINITY);
  });
});

test("a stock serves no handle of an earlier use of its slot", async () => {
  const { dmem, region, group, pool } = stocked();
  pool.tryCharge(5);
  pool.uncharge(5);
  group.rmdir();
  await nextTurn();
  const again = dmem.root.mkdir("a").pool(region);
  again.stock({ batch: 50 });
  again.tryCharge(1);
  expectRefusal(() => pool.tryCharge(1), "ENODEV");
  expectRefusal(() => pool.uncharge(1), "ENODEV");
  expect([again.held, again.stocked]).toEqual([1, 50]);
});

test("a stock that lies on its shelf is picked up again with what is left of it", async () => {
  const { pool } = stocked();
  pool.tryCharge(5);
  await nextTurn();
  expect([pool.usage, pool.stocked]).toEqual([105, 100]);
  expect(pool.tryCharge(10)).toBeNull();
  expect([pool.usage, pool.stocked, pool.held]).toEqual([105, 90, 15]);
});

test("an agent whose stock was taken meanwhile returns what it holds, to the byte", async () => {
  const { pool, theirs, other } = stocked();
  pool.max = 105;
  pool.tryCharge(5);
  await nextTurn();
  theirs.tryCharge(60);
  pool.stock({ batch: 0 });
  expect([pool.usage, pool.held]).toEqual([65, 5]);
  other.dispose();
  expect(pool.usage).toBe(5);
});
