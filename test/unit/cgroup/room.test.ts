import { describe, expect, test, vi } from "vitest";
import {
  AGENT_ANSWER,
  AGENT_ASKER,
  AGENT_LIVENESS,
  AGENT_REQUEST,
  CGROUP,
  POOL_CGROUP,
  POOL_REGION,
  POOL_SHIFT,
  POOL_STAMP,
} from "../../../assembly/abi.ts";
import type { Request } from "../../../src/core/requests.ts";
import type { Pool } from "../../../src/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { agentWord, attachTo, coreOf, memoryOf, onePool, seenBy, smallDmem } from "../../support/small-dmem.ts";

// Agents here are handles of one thread: each is called to its event loop like any other, only that it is the same one.

const NO_THREAD = 2 ** 22 - 1;

/** Someone who asks, and two groups of others who hold 100 bytes each and give back what they are asked for. */
function neighbours() {
  const one = onePool();
  const asked: [string, number][] = [];
  const holder = (name: string, give = (pool: Pool, bytes: number) => pool.uncharge(bytes)) => {
    const dmem = attachTo(one.dmem);
    const pool = seenBy(dmem, one.group.mkdir(name).pool(one.region));
    pool.charge(100);
    dmem.region("vram").reclaim = (below, bytes) => {
      asked.push([name, bytes]);
      give(below, bytes);
    };
    return { dmem, pool };
  };
  return { ...one, asked, holder };
}

describe("reclaim", () => {
  test("has others give back what is asked for, and says how much came", async () => {
    const { pool, asked, holder } = neighbours();
    const { pool: theirs } = holder("b");
    expect(await pool.reclaim(30)).toBe(30);
    expect([asked, pool.usage, theirs.held]).toEqual([[["b", 30]], 70, 70]);
  });

  test("asks by default for what is above max", async () => {
    const { pool, holder } = neighbours();
    holder("b");
    pool.max = 60;
    expect([await pool.reclaim(), pool.usage, await pool.reclaim()]).toEqual([40, 60, 0]);
  });

  test("asks those first who are furthest beyond their protection, and for no more than that", async () => {
    const { pool, asked, holder } = neighbours();
    const [b, c] = [holder("b"), holder("c")];
    b.pool.low = 90;
    c.pool.low = 40;
    expect(await pool.reclaim(65)).toBe(65);
    expect(asked).toEqual([
      ["c", 60],
      ["b", 5],
    ]);
  });

  test("asks whoever has something unprotected before whoever has more, but within low", async () => {
    const { pool, asked, holder } = neighbours();
    const [b, c] = [holder("b"), holder("c")];
    b.pool.low = 90;
    c.pool.uncharge(40);
    await pool.reclaim(5);
    expect(asked).toEqual([["c", 5]]);
  });

  test("asks for what is within low when nothing else is left, and never for what is within min", async () => {
    const { dmem, pool, asked, holder } = neighbours();
    const { pool: theirs } = holder("b");
    theirs.low = pool.low = Number.POSITIVE_INFINITY;
    theirs.min = pool.min = 70;
    expect(await dmem.root.pool(pool.region).reclaim(100)).toBe(30);
    expect([asked, theirs.held]).toEqual([[["b", 30]], 70]);
  });

  test("asks its own agent like any other", async () => {
    const { pool, region } = onePool();
    pool.charge(50);
    region.reclaim = (below, bytes) => below.uncharge(bytes);
    expect([await pool.reclaim(20), pool.usage]).toEqual([20, 30]);
  });

  test("passes over who brings nothing, and who has no way to", async () => {
    const { pool, asked, holder } = neighbours();
    holder("b", () => undefined);
    const { dmem } = holder("c");
    expect(await pool.reclaim(150)).toBe(100);
    expect(asked.map(([name]) => name).sort()).toEqual(["b", "c"]);
    dmem.dispose();
    expect(await pool.reclaim(150)).toBe(0);
  });

  test("asks again who brings a part", async () => {
    const { pool, asked, holder } = neighbours();
    holder("b", (below) => below.uncharge(20));
    expect([await pool.reclaim(50), asked]).toEqual([
      60,
      [
        ["b", 50],
        ["b", 30],
        ["b", 10],
      ],
    ]);
  });

  test("of nothing asks nobody", async () => {
    const { dmem, pool, asked, holder } = neighbours();
    holder("b");
    expect([
      await pool.reclaim(0),
      await pool.reclaim(),
      await dmem.root.mkdir("e").pool(pool.region).reclaim(5),
    ]).toEqual([0, 0, 0]);
    expect(asked).toEqual([]);
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 53])("of %s bytes is refused", async (bytes) => {
    const { pool } = onePool();
    const error = await pool.reclaim(bytes).catch((reason: unknown) => reason);
    const rethrow = () => {
      throw error;
    };
    expectRefusal(rethrow, "RangeError", "An amount");
  });
});

describe("whoever waits", () => {
  test("does not wait for the dead", async () => {
    const { dmem, pool, holder } = neighbours();
    holder("b");
    const words = new Uint32Array(memoryOf(dmem).buffer);
    words[agentWord(dmem, 2, AGENT_LIVENESS)] = NO_THREAD;
    expect(await pool.reclaim(10, { timeoutMs: 60_000 })).toBe(0);
  });

  test("does not wait for one that is still asked by somebody else, for longer than it wants to", async () => {
    const { dmem, pool, holder } = neighbours();
    const { dmem: third } = holder("b");
    const words = new Uint32Array(memoryOf(dmem).buffer);
    words[agentWord(dmem, 2, AGENT_ASKER)] = 2;
    expect(await pool.reclaim(10, { timeoutMs: 20 })).toBe(0);
    words[agentWord(dmem, 2, AGENT_ASKER)] = 3; // nobody, any more
    expect([await pool.reclaim(10), third.root.path]).toEqual([10, "/"]);
  });

  // What was asked for and not waited for any more was evicted all the same, in addition to what others gave instead.
  test("too short is served nothing later", async () => {
    const { dmem, pool, asked, holder } = neighbours();
    holder("b");
    expect(await pool.reclaim(10, { timeoutMs: -1 })).toBe(0);
    const words = new Uint32Array(memoryOf(dmem).buffer);
    const [request, answer] = [AGENT_REQUEST, AGENT_ANSWER].map((word) => agentWord(dmem, 2, word));
    await vi.waitUntil(() => words[answer ?? 0] === words[request ?? 0]);
    expect([words[request ?? 0], asked]).toEqual([1, []]);
    expect(await pool.reclaim(10)).toBe(10);
  });

  test("gets what was given so far when it detaches meanwhile", async () => {
    const { dmem, pool, holder } = neighbours();
    holder("b", () => dmem.dispose());
    expect(await pool.reclaim(10)).toBe(0);
  });

  test("in two places is served in both", async () => {
    const { pool, holder } = neighbours();
    const { dmem, pool: theirs } = holder("b");
    const other = seenBy(dmem, pool);
    expect((await Promise.all([pool.reclaim(10), pool.reclaim(10), other.reclaim(10)])).length).toBe(3);
    expect(theirs.held).toBe(70);
  });
});

describe("a request", () => {
  /** A pool with 5 bytes, and how often its region's callback is called for a request about it. */
  function asked(change: Partial<Request> = {}) {
    const { dmem, region, group, pool: before } = onePool();
    before.charge(1);
    before.uncharge(1);
    group.rmdir();
    const pool = dmem.root.mkdir("a").pool(region); // in its slot's second use
    const reclaim = vi.fn();
    region.reclaim = reclaim;
    pool.charge(5);
    const { requests, words } = coreOf(pool);
    const address = pool.find() << POOL_SHIFT;
    const stamp = words[(address + POOL_STAMP) / 4] ?? 0;
    const request = { pool: pool.find(), stamp, bytes: 3, ...change };
    return { dmem, region, pool, reclaim, words, address, serve: () => requests.serve(request) };
  }

  test("calls the region's callback for the pool", () => {
    const { pool, region, reclaim, serve } = asked();
    serve();
    expect(reclaim.mock.calls).toEqual([[pool, 3, region]]);
  });

  test("about another use of the slot does nothing", () => {
    const { reclaim, serve } = asked({ stamp: 0 });
    serve();
    expect(reclaim).not.toHaveBeenCalled();
  });

  test("to a thread without a callback does nothing", () => {
    const { region, serve } = asked();
    region.reclaim = undefined;
    expect(serve).not.toThrow();
  });

  test.each([
    ["region", POOL_REGION, 2],
    ["group", POOL_CGROUP, -1],
  ])("about a pool whose %s is being freed does nothing", (_, word, value) => {
    const { dmem, pool, reclaim, words, address, serve } = asked();
    const freed = value === -1 ? coreOf(pool).addressOf(CGROUP, dmem.root.id + 5) : value;
    const before = words[(address + word) >>> 2] ?? 0;
    words[(address + word) >>> 2] = freed;
    expect(serve).not.toThrow();
    words[(address + word) >>> 2] = before;
    expect(reclaim).not.toHaveBeenCalled();
  });

  test("about a counter that is no longer the group's does nothing", () => {
    const dmem = smallDmem({ subtreeControl: "manual" });
    dmem.root.write("cgroup.subtree_control", "+dmem");
    const reclaim = vi.fn();
    const region = dmem.registerRegion("vram", { size: 10, reclaim });
    const pool = dmem.root.mkdir("a").pool(region);
    pool.charge(5);
    dmem.root.write("cgroup.subtree_control", "-dmem");
    const core = coreOf(pool);
    const stamp = core.word((pool.find() << POOL_SHIFT) + POOL_STAMP);
    core.requests.serve({ pool: pool.find(), stamp, bytes: 3 });
    expect(reclaim).not.toHaveBeenCalled();
  });
});
