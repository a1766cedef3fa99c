import { describe, expect, test } from "vitest";
import type { Charge } from "../../src/index.ts";
import { onePool } from "../support/small-dmem.ts";
import { controllerState } from "./controller-state.ts";
import { lackOf, lockedChanges, refusedCharges } from "./core-faults.ts";
import { failEach } from "./fail-each.ts";
import { CountedFault } from "./fault.ts";

/** Charges to `/a`, `/b` and `/a` again; `isKnown`: which have their counters and accounts already. */
function batch(isKnown: boolean) {
  const { dmem, region, pool } = onePool();
  const other = dmem.root.mkdir("b").pool(region);
  if (isKnown) for (const each of [pool, other]) each.charge(0);
  const charges: Charge[] = [pool, pool, other, pool].map((each, index) => ({ pool: each, bytes: index + 1 }));
  return { dmem, pools: [pool, other], charges };
}

/** What is charged and held: counters that were made stay, as after a charge that was returned. */
function amounts({ pools, dmem }: ReturnType<typeof batch>) {
  return [...pools.map(({ usage, held }) => [usage, held]), dmem.root.children.length];
}

const isRefused = (answer: unknown) => (answer as readonly unknown[]).length > 0;

describe.each([false, true])("tryChargeMany with allOrNothing: %s", (allOrNothing) => {
  test("charges nothing if all are refused from some place on, but for what fits", async () => {
    const failures = await failEach(() => {
      const { dmem, charges, pools } = batch(true);
      const attempt = () => {
        const refusals = dmem.tryChargeMany(charges, { allOrNothing });
        const refused = new Set(refusals.map(({ index }) => index));
        if (!allOrNothing && refusals.length > 0) dmem.unchargeMany(charges.filter((_, index) => !refused.has(index)));
        return refusals;
      };
      const audit = () => expect(pools.map(({ usage }) => usage)).toEqual(pools.map(({ held }) => held));
      const fault = refusedCharges(dmem, new CountedFault({ lasts: true }));
      return { fault, attempt, refuses: isRefused, state: () => controllerState(dmem), audit };
    });
    expect(failures).toBeGreaterThan(2);
  });

  test.each(["pools", "accounts"] as const)("charges nothing if there are too few %s for it", async (kind) => {
    const failures = await failEach(() => {
      const many = batch(false);
      const attempt = () => many.dmem.tryChargeMany(many.charges, { allOrNothing });
      return { fault: lackOf(kind, many.dmem), attempt, state: () => amounts(many) };
    });
    expect(failures).toBeGreaterThan(1);
  });
});

test("tryChargeMany charges nothing if the lock cannot be had for a counter", async () => {
  const failures = await failEach(() => {
    const many = batch(false);
    const attempt = () => many.dmem.tryChargeMany(many.charges);
    return { fault: lockedChanges(many.dmem), attempt, state: () => amounts(many) };
  });
  expect(failures).toBe(4);
});

test("unchargeMany returns nothing if one of them is not held", () => {
  const { dmem, charges, pools } = batch(true);
  dmem.tryChargeMany(charges);
  pools[1]?.uncharge(1);
  const before = controllerState(dmem);
  expect(() => dmem.unchargeMany(charges)).toThrow("EINVAL");
  expect(controllerState(dmem)).toEqual(before);
});

test("unchargeMany of groups that are gone does not fail for the lock", async () => {
  const failures = await failEach(() => {
    const { dmem, charges, pools } = batch(true);
    dmem.tryChargeMany(charges);
    for (const pool of pools) pool.cgroup.rmdir();
    const attempt = () => dmem.unchargeMany(charges);
    return { fault: lockedChanges(dmem), attempt, state: () => pools.map(({ usage, held }) => [usage, held]) };
  });
  expect(failures).toBe(0);
});
