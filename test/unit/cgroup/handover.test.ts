import { describe, expect, test } from "vitest";
import { show } from "../../../src/core/bytes.ts";
import type { Ticket } from "../../../src/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import {
  attachTo,
  coreOf,
  expectRefusalUnchanged,
  onceAfter,
  onePool,
  seenBy,
  slotsUsed,
} from "../../support/small-dmem.ts";

/** A pool with 10 bytes charged, as its holder and as another agent see it. */
function twoAgents() {
  const one = onePool();
  const other = attachTo(one.dmem);
  const same = seenBy(other, one.pool);
  one.pool.charge(10);
  same.charge(0);
  return { ...one, other, same };
}

test("moves bytes from one agent to the other, usage unchanged", () => {
  const { dmem, pool, same } = twoAgents();
  const ticket = pool.handOver(4);
  expect([pool.held, same.held, pool.usage, slotsUsed(dmem).tickets]).toEqual([6, 0, 10, 1]);
  expect(same.adopt(ticket)).toBe(4);
  expect([pool.held, same.held, pool.usage, slotsUsed(dmem).tickets]).toEqual([6, 4, 10, 0]);
  same.uncharge(4);
  expect(pool.usage).toBe(6);
});

test("a ticket can be adopted by whoever made it", () => {
  const { pool } = twoAgents();
  expect([pool.adopt(pool.handOver(10)), pool.held]).toEqual([10, 10]);
});

test("bytes of a counter whose slot was another's before are handed over, too", () => {
  const { dmem, region, group, pool } = onePool();
  pool.charge(1);
  pool.uncharge(1);
  group.rmdir();
  const again = dmem.root.mkdir("a").pool(region);
  again.charge(10);
  expect([again.adopt(again.handOver(4)), again.held]).toEqual([4, 10]);
});

test("an agent that never charged to the pool can adopt", () => {
  const { dmem, pool } = twoAgents();
  const third = seenBy(attachTo(dmem), pool);
  expect([third.adopt(pool.handOver(10)), third.held, pool.held]).toEqual([10, 10, 0]);
});

test("tickets are adopted in any order", () => {
  const { pool, same } = twoAgents();
  const [a, b, c] = [1, 2, 3].map((bytes) => pool.handOver(bytes)) as [Ticket, Ticket, Ticket];
  expect([same.adopt(b), same.adopt(a), same.adopt(c), pool.held, same.held]).toEqual([2, 1, 3, 4, 6]);
});

describe("handOver", () => {
  test("gives all that is held, and not one byte more", () => {
    const { dmem, pool } = twoAgents();
    expectRefusalUnchanged(dmem, () => pool.handOver(11), "EINVAL", 'vram in "/a"', "10 bytes", "11 bytes");
    pool.handOver(10);
    expectRefusalUnchanged(dmem, () => pool.handOver(1), "EINVAL", "0 bytes", "1 byte");
    expect(pool.held).toBe(0);
  });

  test("of more than is held in a removed group is refused", () => {
    const { dmem, group, pool } = twoAgents();
    group.rmdir();
    expectRefusalUnchanged(dmem, () => pool.handOver(11), "EINVAL", "10 bytes", "11 bytes");
  });

  test("from where nothing was charged is refused, and makes no counter", () => {
    const { dmem, group, region } = twoAgents();
    const unused = group.mkdir("b").pool(region);
    expectRefusalUnchanged(dmem, () => unused.handOver(1), "EINVAL", "0 bytes", "1 byte");
  });

  test("from where nothing was charged is refused once the region is gone", () => {
    const { group, region } = twoAgents();
    const unused = group.mkdir("b").pool(region);
    region.unregister();
    expectRefusal(() => unused.handOver(1), "ENODEV", "vram");
  });

  test("of nothing is refused", () => {
    const { dmem, pool } = twoAgents();
    expectRefusalUnchanged(dmem, () => pool.handOver(0), "RangeError", "at least 1");
  });

  test("does not give what another agent holds", () => {
    const { dmem, same } = twoAgents();
    expectRefusalUnchanged(dmem, () => same.handOver(1), "EINVAL", "0 bytes", "1 byte");
  });
});

describe("adopt", () => {
  test("is refused the second time, for both agents", () => {
    const { dmem, pool, same } = twoAgents();
    const ticket = pool.handOver(4);
    same.adopt(ticket);
    expectRefusalUnchanged(dmem, () => same.adopt(ticket), "EINVAL", 'vram in "/a"', `ticket ${ticket}`);
    expectRefusalUnchanged(dmem, () => pool.adopt(ticket), "EINVAL", "ticket");
  });

  test("does not take a new ticket in the same slot for an old one", () => {
    const { dmem, pool, same } = twoAgents();
    const old = pool.handOver(4);
    same.adopt(old);
    const fresh = pool.handOver(3);
    expect(fresh).not.toBe(old);
    expectRefusalUnchanged(dmem, () => same.adopt(old), "EINVAL", "ticket");
    expect(same.adopt(fresh)).toBe(3);
  });

  test("refuses a ticket for another group or region, which stays good", () => {
    const { dmem, group, region, pool } = twoAgents();
    const below = group.mkdir("b").pool(region);
    const beside = group.pool(dmem.registerRegion("other", { size: 1 }));
    for (const wrong of [below, beside, dmem.root.pool(region)]) wrong.charge(0);
    const ticket = pool.handOver(4);
    for (const wrong of [below, beside, dmem.root.pool(region)]) {
      expectRefusalUnchanged(dmem, () => wrong.adopt(ticket), "EINVAL", "another pool", wrong.cgroup.path);
    }
    expect(pool.adopt(ticket)).toBe(4);
  });

  test("refuses any ticket where nothing was ever charged", () => {
    const { dmem, group, region, pool } = twoAgents();
    const unused = group.mkdir("b").pool(region);
    const ticket = pool.handOver(4);
    expectRefusalUnchanged(dmem, () => unused.adopt(ticket), "EINVAL", "ticket");
  });

  test.each([1, 2, 5, 2 ** 21, 2 ** 21 + 1, 2 ** 32, 2 ** 53 - 1])(
    "refuses a number that was made up: %s",
    (ticket) => {
      const { dmem, same } = twoAgents();
      expectRefusalUnchanged(dmem, () => same.adopt(ticket as Ticket), "EINVAL", `ticket ${ticket}`);
    },
  );

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "1", 1n, null, undefined, {}])(
    "refuses what can be no ticket: %s",
    (ticket) => {
      const { dmem, same } = twoAgents();
      expectRefusalUnchanged(dmem, () => same.adopt(ticket as never), "RangeError", "handOver returns", show(ticket));
    },
  );

  test("opens no account for what is refused", () => {
    const { dmem, pool, same } = twoAgents();
    const third = seenBy(attachTo(dmem), pool);
    const elsewhere = dmem.root.mkdir("b").pool(pool.region);
    elsewhere.charge(1);
    const closed = pool.handOver(1);
    const open = pool.handOver(1);
    same.adopt(closed);
    for (const wrong of [closed, open + 2 ** 21, elsewhere.handOver(1)] as Ticket[]) {
      expectRefusalUnchanged(dmem, () => third.adopt(wrong), "EINVAL", `ticket ${wrong}`);
    }
    expect(third.adopt(open)).toBe(1);
  });

  test("opens no account for a ticket that nobody has made yet", () => {
    const { dmem, pool, same } = twoAgents();
    const third = seenBy(attachTo(dmem), pool);
    const last = pool.handOver(1);
    same.adopt(last);
    for (const wrong of [last + 2 ** 21, 5] as Ticket[]) {
      expectRefusalUnchanged(dmem, () => third.adopt(wrong), "EINVAL", `ticket ${wrong}`);
    }
  });

  test("is refused if another agent is quicker", () => {
    const { dmem, pool, same } = twoAgents();
    const third = seenBy(attachTo(dmem), pool);
    const ticket = pool.handOver(1);
    onceAfter(coreOf(third), "openAccount", () => same.adopt(ticket));
    expectRefusal(() => third.adopt(ticket), "EINVAL", `ticket ${ticket}`);
    expect([third.held, same.held]).toEqual([0, 1]);
  });

  test("refuses the ticket of another controller", () => {
    const [{ dmem, pool }, { pool: elsewhere }] = [twoAgents(), twoAgents()];
    expectRefusalUnchanged(dmem, () => pool.adopt(elsewhere.handOver(4)), "EINVAL", "ticket");
  });
});

describe("of a removed group or an unregistered region", () => {
  test.each(["group", "region"] as const)("bytes can still change hands: %s", (gone) => {
    const { group, region, pool, same } = twoAgents();
    const ticket = pool.handOver(4);
    if (gone === "group") group.rmdir();
    else region.unregister();
    expect(same.adopt(ticket)).toBe(4);
    expect(pool.adopt(same.handOver(1))).toBe(1);
    expect([pool.held, same.held, pool.usage]).toEqual([7, 3, 10]);
  });

  test.each(["group", "region"] as const)(
    "an agent that has not used the pool before can adopt them too: %s",
    (gone) => {
      const { dmem, group, region, pool } = twoAgents();
      const third = seenBy(attachTo(dmem), pool);
      const ticket = pool.handOver(4);
      if (gone === "group") group.rmdir();
      else region.unregister();
      expect([third.adopt(ticket), third.held, pool.usage]).toEqual([4, 4, 10]);
    },
  );

  test("the bytes of an open ticket keep the counter", () => {
    const { dmem, group, pool, same } = twoAgents();
    const ticket = pool.handOver(10);
    group.rmdir();
    expect([pool.usage, slotsUsed(dmem).cgroups]).toEqual([10, 2]);
    same.adopt(ticket);
    same.uncharge(10);
    expect([pool.usage, slotsUsed(dmem).cgroups]).toEqual([0, 1]);
  });
});
