import { describe, expect, test } from "vitest";
import { setMax } from "../../../src/cgroup/reclaim.ts";
import type { Pool, Reclaim, WriteOptions } from "../../../src/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { attachTo, coreOf, onePool, seenBy } from "../../support/small-dmem.ts";

const FRUITLESS_ROUNDS = 16;

/** A pool that uses 100 bytes, and a callback that notes what it is asked for before it does as told. */
function usedPool(callback: Reclaim) {
  const one = onePool();
  const targets: number[] = [];
  one.pool.charge(100);
  one.region.reclaim = (pool, target, region) => {
    targets.push(target);
    return callback(pool, target, region);
  };
  const write = (text: string, options?: WriteOptions) => one.group.write("dmem.max", `vram ${text}`, options);
  return { ...one, targets, write };
}

/** A callback that frees `bytes` each time. */
function freeing(bytes: number): Reclaim {
  return (pool: Pool) => pool.uncharge(bytes);
}

test("lowering max below usage asks the callback for the rest until it fits", () => {
  const { pool, targets } = usedPool(freeing(25));
  pool.max = 40;
  expect([targets, pool.usage, pool.max]).toEqual([[60, 35, 10], 25, 40]);
});

test("nothing is asked for exactly at usage, one byte below is asked for", () => {
  const { pool, targets } = usedPool(freeing(1));
  pool.max = 100;
  expect(targets).toEqual([]);
  pool.max = 99;
  expect(targets).toEqual([1]);
});

test("the callback gets the pool, the target and the region", () => {
  const { pool, region } = usedPool((...given) => {
    expect(given).toEqual([pool, 1, region]);
    pool.uncharge(1);
  });
  pool.max = 99;
  expect(pool.usage).toBe(99);
});

test("the limit is in force while the callback runs", () => {
  const { pool } = usedPool(() => {
    expect([pool.max, pool.tryCharge(1)]).toEqual([50, pool]);
    pool.uncharge(100);
  });
  pool.max = 50;
  expect(pool.usage).toBe(0);
});

test("without a callback the limit is set and nothing else happens", () => {
  const { pool, region } = usedPool(freeing(1));
  region.reclaim = undefined;
  pool.max = 5;
  expect(pool).toMatchObject({ max: 5, usage: 100 });
});

test("only the callback of the agent that lowers the limit is asked", () => {
  const { dmem, pool, targets } = usedPool(freeing(1));
  seenBy(attachTo(dmem), pool).max = 5;
  expect([targets, pool.usage]).toEqual([[], 100]);
});

test("min, low and high never ask", () => {
  const { group, pool, targets } = usedPool(freeing(1));
  pool.min = pool.low = pool.high = 5;
  group.write("dmem.low", "vram 1");
  expect(targets).toEqual([]);
});

describe("the callback gives up", () => {
  test("after 16 more rounds that bring nothing", () => {
    const { pool, targets } = usedPool(() => undefined);
    pool.max = 5;
    expect(targets).toEqual(Array(1 + FRUITLESS_ROUNDS).fill(95));
    expect(pool).toMatchObject({ max: 5, usage: 100 });
  });

  test('after 16 more rounds that say "ENOSPC", also if they bring something', () => {
    const { pool, targets } = usedPool(() => {
      pool.uncharge(1);
      return "ENOSPC";
    });
    pool.max = 5;
    expect([targets.length, pool.usage]).toEqual([1 + FRUITLESS_ROUNDS, 100 - 1 - FRUITLESS_ROUNDS]);
  });

  test("not sooner when a round in between brings something", () => {
    let round = 0;
    const { pool, targets } = usedPool(() => {
      if (++round % 2 === 0) pool.uncharge(1);
    });
    pool.max = 95;
    expect([targets.length, pool.usage]).toEqual([10, 95]);
  });

  test.each(["EIO", "EBUSY", ""])("at once with any other word: %j", (word) => {
    const { pool, targets } = usedPool(() => word);
    pool.max = 5;
    expect([targets, pool.max]).toEqual([[95], 5]);
  });
});

describe("what the callback throws comes out,", () => {
  const failing: Reclaim = () => {
    throw new Error("no device");
  };

  test("and the old limit is in force again", () => {
    const { pool } = usedPool(failing);
    pool.max = 200;
    expect(() => {
      pool.max = 5;
    }).toThrow("no device");
    expect([pool.max, pool.usage, pool.tryCharge(100)]).toEqual([200, 100, null]);
  });

  test("and so it is where one change sets it twice", () => {
    const { pool } = usedPool(failing);
    pool.max = 200;
    const settings = [50n, 5n].map((value) => ({ pool, value }));
    expect(() => setMax(coreOf(pool), settings)).toThrow("no device");
    expect(pool.max).toBe(200);
  });

  test("but a limit that was set meanwhile stays", () => {
    const { pool } = usedPool((pool) => {
      pool.setLimit("max", 7n);
      throw new Error("no device");
    });
    expect(() => {
      pool.max = 5;
    }).toThrow("no device");
    expect(pool.max).toBe(7);
  });
});

describe("write", () => {
  test("asks the callback as setting max does", () => {
    const { write, targets, pool } = usedPool(freeing(50));
    expect(write("40")).toBe(7);
    expect([targets, pool.usage]).toEqual([[60, 10], 0]);
  });

  test("with nonblock sets the limit and asks nobody", () => {
    const { write, targets, pool } = usedPool(freeing(50));
    write("40", { nonblock: true });
    expect([targets, pool.max, pool.usage]).toEqual([[], 40, 100]);
    write("30", { nonblock: false });
    expect(targets).toEqual([70, 20]);
  });

  test("with a signal ends after the round under way, and the limit stays", () => {
    const stop = new AbortController();
    const { write, targets, pool } = usedPool(() => {
      if (targets.length === 3) stop.abort();
      pool.uncharge(1);
    });
    write("40", { signal: stop.signal });
    expect([targets, pool.max, pool.usage]).toEqual([[60, 59, 58], 40, 97]);
  });

  test("with a signal that was given before asks nobody", () => {
    const { write, targets, pool } = usedPool(freeing(1));
    write("40", { signal: AbortSignal.abort() });
    expect([targets, pool.max]).toEqual([[], 40]);
  });

  test("leaves the limit alone when the text is wrong", () => {
    const { write, targets, pool } = usedPool(freeing(1));
    expectRefusal(() => write("-5"), "EINVAL", '"-5"');
    expect([targets, pool.max]).toEqual([[], Number.POSITIVE_INFINITY]);
  });
});

test("a callback that removes the group ends the reclaim", () => {
  const { group, pool, targets } = usedPool(() => group.rmdir());
  pool.max = 5;
  expect([targets, pool.usage, group.removed]).toEqual([[95], 100, true]);
});

test("a callback that lowers max further is asked for the new rest", () => {
  const { pool, targets } = usedPool((pool) => {
    if (targets.length === 1) pool.setLimit("max", 20n);
    pool.uncharge(40);
  });
  pool.max = 50;
  expect([targets, pool.usage, pool.max]).toEqual([[50, 40], 20, 20]);
});

test("a callback that brings a little each time is asked until it fits", () => {
  const { pool, targets } = usedPool(freeing(1));
  pool.max = 100 - 2 * FRUITLESS_ROUNDS;
  expect([targets.length, pool.usage]).toEqual([2 * FRUITLESS_ROUNDS, pool.max]);
});
