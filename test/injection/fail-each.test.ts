import { describe, expect, test } from "vitest";
import type { Pool } from "../../src/index.ts";
import { onePool } from "../support/small-dmem.ts";
import { controllerState } from "./controller-state.ts";
import { refusedCharges } from "./core-faults.ts";
import { failEach, type Scene } from "./fail-each.ts";
import { CountedFault } from "./fault.ts";

// The canaries: what leaks, gets stuck or cannot fail at all has to be found, or the other tests here mean nothing.

/** Charges twice: what it does when the second charge is refused is the question. */
function twoCharges(afterRefusal: (pool: Pool) => void): Scene {
  const { dmem, pool } = onePool();
  pool.charge(0);
  const attempt = () => {
    if (pool.tryCharge(5) !== null) return false;
    if (pool.tryCharge(5) === null) return true;
    afterRefusal(pool);
    return false;
  };
  return {
    fault: refusedCharges(dmem),
    attempt,
    refuses: (answer) => answer === false,
    state: () => controllerState(dmem),
  };
}

describe("an operation is found out", () => {
  test("that keeps a byte when it fails", async () => {
    await expect(failEach(() => twoCharges((pool) => pool.uncharge(4)))).rejects.toThrow("a failure at place 2");
  });

  test("that keeps a slot when it fails", async () => {
    const leaking = (pool: Pool) => {
      pool.handOver(1);
      pool.uncharge(4);
    };
    await expect(failEach(() => twoCharges(leaking))).rejects.toThrow("a failure at place 2");
  });

  test("that can never be done again once it failed", async () => {
    const fault = new CountedFault();
    let isBusy = false;
    const attempt = () => {
      if (isBusy) return "busy";
      isBusy = true;
      fault.strike("Something");
      isBusy = false;
      return "done";
    };
    const scene = { fault, attempt, refuses: (answer: unknown) => answer === "busy", state: () => null };
    await expect(failEach(() => scene)).rejects.toThrow("cannot be done any more");
  });

  test("in which nothing can fail", async () => {
    const scene = { fault: new CountedFault(), attempt: () => {}, state: () => null };
    await expect(failEach(() => scene)).rejects.toThrow("Nothing in it can fail");
  });

  test("that throws what only a mistake throws", async () => {
    const fault = new CountedFault();
    const attempt = () => {
      if (fault.strikes()) throw new TypeError("null has no property");
    };
    await expect(failEach(() => ({ fault, attempt, state: () => null }))).rejects.toThrow(TypeError);
  });
});

test("an operation that returns what it took is failed at each place, and nothing is found", async () => {
  expect(await failEach(() => twoCharges((pool) => pool.uncharge(5)))).toBe(2);
});
