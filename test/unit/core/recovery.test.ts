import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  ACCOUNT,
  ACCOUNT_CHARGED,
  ACCOUNT_INTENDED,
  AGENT,
  AGENT_BITS,
  AGENT_FIRST_ACCOUNT,
  AGENT_GENERATION,
  AGENT_LIVENESS,
  AGENT_NEEDS,
  AGENT_STRIDE,
  ARENA_LOCK,
  ARENA_NEEDS,
  ARENA_SLOTS,
  POOL_SHIFT,
  POOL_USAGE,
  SLOTS_BASE,
  SLOTS_SIZE,
} from "../../../assembly/abi.ts";
import type { Dmem, Pool } from "../../../src/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { attachTo, memoryOf, onePool, seenBy, slotsUsed } from "../../support/small-dmem.ts";
import { stocked } from "./stocked-pool.ts";

// An agent that died is one whose thread Linux does not know: here the word that says which one is overwritten. What it
// was in the middle of is written into its records by hand; every instruction is the model checker's business.

const NO_THREAD = 2 ** 22 - 1;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

/** As much time as others take to notice. */
function timePasses(): void {
  vi.advanceTimersByTime(1000);
}

function words(dmem: Dmem): Uint32Array {
  return new Uint32Array(memoryOf(dmem).buffer);
}

function longs(dmem: Dmem): BigInt64Array {
  return new BigInt64Array(memoryOf(dmem).buffer);
}

function recordOf(dmem: Dmem, kind: number, id: number, stride: number): number {
  return (words(dmem)[(ARENA_SLOTS + kind * SLOTS_SIZE + SLOTS_BASE) / 4] ?? 0) + (id - 1) * stride;
}

/** The second agent of the arena is no more. */
function die(dmem: Dmem, agent = 2): void {
  words(dmem)[(recordOf(dmem, AGENT, agent, AGENT_STRIDE) + AGENT_LIVENESS) / 4] = NO_THREAD;
}

function dies(dmem: Dmem, agent = 2): void {
  die(dmem, agent);
  timePasses();
}

/** Adds to one level of a counter, and to no other. */
function addTo(dmem: Dmem, pool: Pool, bytes: number): void {
  const { id } = pool as unknown as { id: number };
  const at = ((id << POOL_SHIFT) + POOL_USAGE) / 8;
  longs(dmem)[at] = (longs(dmem)[at] ?? 0n) + BigInt(bytes);
}

/** Writes into an account that something is about to change what is charged. */
function begin(dmem: Dmem, account: number, gain: number): void {
  const at = recordOf(dmem, ACCOUNT, account, 64) / 8;
  longs(dmem)[at + ACCOUNT_INTENDED / 8] = (longs(dmem)[at + ACCOUNT_CHARGED / 8] ?? 0n) + BigInt(gain);
}

/** A leaf, its parent and the root, where the first agent holds 1 byte and the second 10. */
function twoHolders() {
  const one = onePool();
  const other = attachTo(one.dmem);
  const leaf = one.group.mkdir("b").pool(one.region);
  const top = one.dmem.root.pool(one.region);
  leaf.charge(1);
  const theirs = seenBy(other, leaf);
  theirs.charge(10);
  return { ...one, other, leaf, top, theirs, usages: () => [leaf.usage, one.pool.usage, top.usage] };
}

/** The second agent has given its slot back, and died before it could give the lock back. */
function leavesWithLock(dmem: Dmem): void {
  const other = attachTo(dmem);
  const slot = recordOf(dmem, AGENT, 2, AGENT_STRIDE) / 4;
  const generation = words(dmem)[slot + AGENT_GENERATION / 4] ?? 0;
  other.dispose();
  die(dmem);
  words(dmem)[ARENA_LOCK / 4] = (generation << AGENT_BITS) | 2;
}

test("of an arena in which a dead agent cannot be cleared up after a warning tells, once", () => {
  const { dmem } = twoHolders();
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  words(dmem)[(recordOf(dmem, AGENT, 2, AGENT_STRIDE) + AGENT_FIRST_ACCOUNT) / 4] = 0xfffffff0;
  dies(dmem);
  expect(warn.mock.calls).toEqual([[expect.stringContaining("EIO: The arena is damaged."), "DmemWarning"]]);
  warn.mockRestore();
});

describe("the lock of an agent that died when its slot was free again", () => {
  test("is taken over by whoever looks for the dead", () => {
    const { dmem } = onePool();
    leavesWithLock(dmem);
    timePasses();
    expect(words(dmem)[ARENA_LOCK / 4]).toBe(0);
  });

  test("is taken over by the next agent of that slot", () => {
    const { dmem } = onePool();
    leavesWithLock(dmem);
    using next = attachTo(dmem);
    next.root.mkdir("b");
    expect(dmem.root.children.map(({ name }) => name)).toContain("b");
  });
});

describe("what a dead agent", () => {
  test("held comes back at every level, and nothing of the living", () => {
    const { dmem, usages, leaf } = twoHolders();
    dies(dmem);
    expect([usages(), leaf.held, slotsUsed(dmem).agents]).toEqual([[1, 1, 1], 1, 1]);
  });

  test("had in tickets comes back, and the tickets are spent", () => {
    const { dmem, usages, leaf, theirs } = twoHolders();
    const ticket = theirs.handOver(4);
    dies(dmem);
    expect([usages(), slotsUsed(dmem).tickets]).toEqual([[1, 1, 1], 0]);
    expectRefusal(() => leaf.adopt(ticket), "EINVAL", "ticket");
  });

  test("had in a stock comes back", async () => {
    const { dmem, pool, theirs } = stocked();
    theirs.stock({ batch: 50 });
    theirs.tryCharge(5);
    dies(dmem);
    expect([pool.usage, pool.stocked]).toEqual([0, 0]);
    await nextTurn();
  });

  test("kept of a removed group and an unregistered region is freed", () => {
    const { dmem, region, group, leaf } = twoHolders();
    leaf.uncharge(1);
    leaf.cgroup.rmdir();
    group.rmdir();
    region.unregister();
    dies(dmem);
    expect(slotsUsed(dmem)).toMatchObject({ agents: 1, cgroups: 1, regions: 0, pools: 0 });
  });

  test("has charged on the lower levels only is taken off there", () => {
    const { dmem, usages, leaf, pool } = twoHolders();
    begin(dmem, 2, 7);
    addTo(dmem, leaf, 7);
    addTo(dmem, pool, 7);
    dies(dmem);
    expect(usages()).toEqual([1, 1, 1]);
  });

  test("was about to charge, and has not, is not taken off", () => {
    const { dmem, usages } = twoHolders();
    begin(dmem, 2, 7);
    dies(dmem);
    expect(usages()).toEqual([1, 1, 1]);
  });

  test("has returned on the lower levels only is returned above", () => {
    const { dmem, usages, leaf } = twoHolders();
    begin(dmem, 2, -10);
    addTo(dmem, leaf, -10);
    dies(dmem);
    expect(usages()).toEqual([1, 1, 1]);
  });

  test("had begun is told from what another dead one had", () => {
    const { dmem, usages, leaf, top } = twoHolders();
    const third = attachTo(dmem);
    seenBy(third, leaf).charge(100);
    begin(dmem, 2, 7);
    addTo(dmem, leaf, 7);
    begin(dmem, 3, -30);
    addTo(dmem, leaf, -30);
    addTo(dmem, top, -30);
    die(dmem, 3);
    dies(dmem);
    timePasses();
    expect([usages(), slotsUsed(dmem).agents]).toEqual([[1, 1, 1], 1]);
  });

  test("needed no longer keeps stocks away", () => {
    const { dmem, pool } = stocked();
    words(dmem)[(recordOf(dmem, AGENT, 2, AGENT_STRIDE) + AGENT_NEEDS) / 4] = 1;
    words(dmem)[ARENA_NEEDS / 4] = 1;
    pool.tryCharge(5);
    expect(pool.usage).toBe(5);
    dies(dmem);
    pool.tryCharge(1);
    expect(pool.usage).toBe(106);
  });
});

describe("a living agent in the middle of a charge", () => {
  test("is waited for, and then others may charge again", () => {
    const { dmem, usages, leaf, other, theirs } = twoHolders();
    begin(dmem, 1, 5);
    begin(dmem, 2, 7);
    dies(dmem);
    expect([usages(), slotsUsed(dmem).agents]).toEqual([[11, 11, 11], 2]);
    begin(dmem, 1, 0);
    leaf.charge(2);
    timePasses();
    expect([usages(), slotsUsed(dmem).agents]).toEqual([[3, 3, 3], 1]);
    expect([other, theirs]).toBeDefined();
  });

  test("does not keep other accounts from being returned", () => {
    const { dmem, usages, pool, other } = twoHolders();
    seenBy(other, pool).charge(100);
    begin(dmem, 1, 5);
    begin(dmem, 2, 7);
    dies(dmem);
    expect(usages()).toEqual([11, 11, 11]);
  });
});

test("nothing is refused for what a dead agent holds, also to who never comes to its event loop", () => {
  const { dmem, leaf } = twoHolders();
  leaf.max = 20;
  expect(leaf.tryCharge(15)).toBe(leaf);
  die(dmem);
  const end = performance.now() + 10_000;
  while (leaf.tryCharge(15) !== null && performance.now() < end);
  expect([leaf.usage, leaf.held]).toEqual([16, 16]);
});

describe("a dead agent's lock", () => {
  const OWNER = 2; // its generation is 0

  test("is taken over by whoever wants it", () => {
    const { dmem } = twoHolders();
    words(dmem)[ARENA_LOCK / 4] = OWNER;
    die(dmem);
    expect(dmem.root.mkdir("c").path).toBe("/c");
    expect(words(dmem)[ARENA_LOCK / 4]).toBe(0);
  });

  test("is taken over by whoever attaches", () => {
    const { dmem } = twoHolders();
    words(dmem)[ARENA_LOCK / 4] = OWNER;
    die(dmem);
    attachTo(dmem);
    expect(words(dmem)[ARENA_LOCK / 4]).toBe(0);
  });
});

describe("a dead agent's slot", () => {
  test("is given to whoever attaches when no other is free", () => {
    const { dmem, usages } = twoHolders();
    attachTo(dmem);
    expectRefusal(() => attachTo(dmem), "ENOSPC", "capacity.agents");
    die(dmem);
    attachTo(dmem);
    expect([usages(), slotsUsed(dmem).agents]).toEqual([[1, 1, 1], 3]);
  });

  test("is given away with its lock", () => {
    const { dmem } = twoHolders();
    attachTo(dmem);
    words(dmem)[ARENA_LOCK / 4] = 2;
    die(dmem);
    const next = attachTo(dmem);
    expect(next.root.mkdir("c").path).toBe("/c");
  });
});

test("nobody who lives is cleared up after", () => {
  const { dmem, usages } = twoHolders();
  timePasses();
  expect([usages(), slotsUsed(dmem).agents]).toEqual([[11, 11, 11], 2]);
});
