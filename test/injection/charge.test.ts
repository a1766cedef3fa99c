import { describe, expect, test } from "vitest";
import type { Dmem, Pool } from "../../src/index.ts";
import { attachTo, onePool, seenBy } from "../support/small-dmem.ts";
import { controllerState } from "./controller-state.ts";
import { coreOf, lackOf, lockedChanges, type SlotKind } from "./core-faults.ts";
import { failEach, type Scene } from "./fail-each.ts";
import type { Fault } from "./fault.ts";

type Operation = (pool: Pool) => unknown;

const FIRST_USES: Readonly<Record<string, Operation>> = {
  tryCharge: (pool) => pool.tryCharge(5),
  charge: (pool) => pool.charge(5),
  stock: (pool) => pool.stock({ batch: 10 }),
};

const LIMITS: Readonly<Record<string, Operation>> = {
  "setting max": (pool) => Object.assign(pool, { max: 5 }),
  "setting low": (pool) => Object.assign(pool, { low: 5 }),
  "writing dmem.min": (pool) => pool.cgroup.write("dmem.min", "vram 5"),
  "writing dmem.low": (pool) => pool.cgroup.write("dmem.low", "vram 5"),
  "writing dmem.max": (pool) => pool.cgroup.write("dmem.max", "vram 5"),
};

/** An operation on the pool of `/a/b`, which has no counter yet. */
function deepScene(operation: Operation, fault: (dmem: Dmem) => Fault): Scene {
  const { dmem, region, group } = onePool();
  const pool = group.mkdir("b").pool(region);
  return { fault: fault(dmem), attempt: () => operation(pool), state: () => controllerState(dmem) };
}

describe.each<SlotKind>(["pools", "accounts"])("without a slot among the %s", (kind) => {
  test.each(Object.entries(FIRST_USES))("%s opens nothing", async (_, operation) => {
    expect(await failEach(() => deepScene(operation, (dmem) => lackOf(kind, dmem)))).toBe(kind === "pools" ? 3 : 1);
  });
});

test.each(Object.entries(LIMITS))("%s without a slot makes no counter", async (_, operation) => {
  expect(await failEach(() => deepScene(operation, (dmem) => lackOf("pools", dmem)))).toBe(3);
});

test.each(Object.entries({ ...FIRST_USES, ...LIMITS }))(
  "%s that cannot have the lock charges nothing",
  async (_, operation) => {
    const failures = await failEach(() => {
      const { dmem, pool } = onePool();
      pool.charge(0);
      return { fault: lockedChanges(dmem), attempt: () => operation(pool), state: () => controllerState(dmem) };
    }).catch((error: Error) => error.message);
    expect([1, "Nothing in it can fail so."]).toContain(failures);
  },
);

test("handing over without a ticket keeps what is held", async () => {
  const failures = await failEach(() => {
    const { dmem, pool } = onePool();
    pool.charge(10);
    return { fault: lackOf("tickets", dmem), attempt: () => pool.handOver(3), state: () => controllerState(dmem) };
  });
  expect(failures).toBe(1);
});

// A refused handing over left a counter and an account behind.
test("handing over what is not held opens nothing", () => {
  const { dmem, pool } = onePool();
  const before = controllerState(dmem);
  expect(() => pool.handOver(3)).toThrow("EINVAL");
  expect(controllerState(dmem)).toEqual(before);
});

test("adopting without an account leaves the ticket to be adopted", async () => {
  const failures = await failEach(() => {
    const { dmem, pool } = onePool();
    const other = attachTo(dmem);
    pool.charge(10);
    const ticket = pool.handOver(3);
    const attempt = () => seenBy(other, pool).adopt(ticket);
    return { fault: lackOf("accounts", other), attempt, state: () => controllerState(dmem, other) };
  });
  expect(failures).toBe(1);
});

// A refused adoption left an account behind.
test("adopting what was adopted before opens nothing", () => {
  const { dmem, pool } = onePool();
  const other = attachTo(dmem);
  pool.charge(10);
  const ticket = pool.handOver(3);
  pool.adopt(ticket);
  const before = controllerState(dmem, other);
  expect(() => seenBy(other, pool).adopt(ticket)).toThrow("EINVAL");
  expect(controllerState(dmem, other)).toEqual(before);
});

// It was charged, and yet it threw.
test("a charge that needs another's stock and cannot have the lock charges nothing", async () => {
  const failures = await failEach(() => {
    const { dmem, pool } = onePool();
    const other = attachTo(dmem);
    const theirs = seenBy(other, pool);
    theirs.stock({ batch: 10 });
    theirs.tryCharge(1);
    coreOf(other).stocks.putDown();
    pool.charge(0);
    pool.max = 11;
    return {
      fault: lockedChanges(dmem),
      attempt: () => pool.tryCharge(5),
      refuses: (answer) => answer !== null,
      state: () => [pool.held, theirs.held, pool.usage - pool.stocked],
      audit: () => expect(pool.usage).toBe(pool.held + theirs.held + pool.stocked),
    };
  });
  expect(failures).toBeGreaterThan(0);
});

// It was returned, and yet it threw.
test("returning the last bytes of a group that is gone does not fail for the lock", async () => {
  const failures = await failEach(() => {
    const { dmem, group, pool } = onePool();
    pool.charge(5);
    group.rmdir();
    return { fault: lockedChanges(dmem), attempt: () => pool.uncharge(5), state: () => [pool.held, pool.usage] };
  });
  expect(failures).toBe(0);
});
