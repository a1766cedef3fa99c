import assert from "node:assert/strict";
import { Semaphore } from "async-mutex";
import { Sema } from "async-sema";
import type { Dmem, Region } from "dmemcg";
import { type Case, PAIRS } from "../harness/suite.ts";
import { chargePairs, PAGE } from "../subjects/groups.ts";

// What a program would take for one flat budget: a semaphore. It has no tree, no protection and no threads. A unit is a
// page, and the budget is small: a release of async-mutex takes a step for each unit that is free, one of bytes would
// take forever.

const BUDGET_PAGES = 64;

export function budgetCases(dmem: Dmem, region: Region): Case[] {
  const pool = dmem.root.mkdir("budget").pool(region);
  pool.max = BUDGET_PAGES * PAGE;
  const weighted = new Semaphore(BUDGET_PAGES);
  const tokens = new Sema(BUDGET_PAGES);
  return [
    {
      name: "pool.tryCharge, budget",
      against: ["async-mutex Semaphore, budget", "async-sema, budget"],
      run: () => chargePairs(pool),
      check: () => assert.equal(pool.usage, 0),
    },
    {
      name: "async-mutex Semaphore, budget",
      async run() {
        for (let i = 0; i < PAIRS; i++) {
          await weighted.acquire(1);
          weighted.release(1);
        }
      },
      check: () => assert.equal(weighted.getValue(), BUDGET_PAGES),
    },
    {
      name: "async-sema, budget",
      async run() {
        for (let i = 0; i < PAIRS; i++) {
          await tokens.acquire();
          tokens.release();
        }
      },
      check: () => assert.equal(tokens.nrWaiting(), 0),
    },
  ];
}
