import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { Budget } from "../../src/cgroup/budget.ts";
import { Dmem, type Pool } from "../../src/index.ts";
import { runs } from "./runs.ts";

// Numbers choose from what there is, modulo how many that are.

interface Forest {
  /** Of each group the one that it is made below. */
  readonly parents: readonly number[];
  readonly pools: readonly { readonly usage: number; readonly min: number; readonly low: number }[];
  readonly limit: number;
  readonly losses: readonly { readonly pool: number; readonly bytes: number }[];
}

const amount = fc.oneof(fc.nat(20), fc.nat(1000), fc.constantFrom(0, 2 ** 40, 2 ** 47));
const setting = fc.oneof(fc.nat(20), fc.nat(1000), fc.constantFrom(0, 0, 2 ** 40, 2 ** 45, Number.POSITIVE_INFINITY));
const parents = fc.oneof(
  fc.array(fc.nat(11), { minLength: 1, maxLength: 12, size: "max" }),
  fc.array(fc.constantFrom(1, 1, 1, 2, 3), { minLength: 6, maxLength: 24, size: "max" }),
);
const forests: fc.Arbitrary<Forest> = fc.record({
  parents,
  pools: fc.array(fc.record({ usage: amount, min: setting, low: setting }), { minLength: 12, maxLength: 26 }),
  limit: fc.oneof(fc.constant(0), fc.nat(3)),
  losses: fc.array(fc.record({ pool: fc.nat(25), bytes: fc.nat(1000) }), { minLength: 1, maxLength: 30, size: "max" }),
});

test("a survey answers as each pool does by itself, and says who may have lost protection", {
  timeout: 600_000,
}, () => {
  fc.assert(fc.property(forests, survey), runs(1000));
});

// The canaries: what is not kept up has to be found, or the test above means nothing.
test.each(["lower", "revise"] as const)("budgets that do not %s are found to be wrong", (method) => {
  vi.spyOn(Budget.prototype, method).mockReturnValue(undefined as never);
  const parameters = { numRuns: 1000, endOnFailure: true };
  expect(() => fc.assert(fc.property(forests, survey), parameters)).toThrow("Property failed");
  vi.restoreAllMocks();
});

function survey({ parents, pools: settings, limit: above, losses }: Forest): void {
  const dmem = Dmem.create({ capacity: { cgroups: 32, regions: 1, pools: 32, agents: 1, accounts: 32, tickets: 1 } });
  try {
    const region = dmem.registerRegion("vram", { size: 1 });
    const groups = [dmem.root];
    for (const parent of parents) groups.push((groups[parent % groups.length] ?? dmem.root).mkdir(`${groups.length}`));
    const pools = groups.map((group) => group.pool(region));
    pools.forEach((pool, index) => {
      const { usage, min, low } = settings[index % settings.length] as Forest["pools"][number];
      pool.charge(usage);
      if (index > 0) Object.assign(pool, { min, low });
    });
    const limit = pools[above % pools.length] as Pool;
    const asked = dmem.survey({ limit });
    const ignoreLow = losses.length % 2 === 0;
    const see = () => pools.map((pool) => expectSame(pool, { limit, ignoreLow, asked }));
    let before = see();
    for (const { pool: index, bytes } of losses) {
      const victim = pools[index % pools.length] as Pool;
      const lost = Math.min(bytes, victim.held);
      victim.uncharge(lost);
      const kin = asked.lose(victim, lost) ?? [];
      const now = pools.map((pool) => pool.evictValuable(limit, { ignoreLow }).valuable);
      pools.forEach((pool, at) => {
        if (pool === victim || before[at] || !now[at]) return;
        expect([`${pool}`, kin.includes(asked.kin(pool))]).toEqual([`${pool}`, true]);
      });
      before = see();
    }
  } finally {
    dmem.dispose();
  }
}

function expectSame(
  pool: Pool,
  { limit, ignoreLow, asked }: { limit: Pool; ignoreLow: boolean; asked: ReturnType<Dmem["survey"]> },
): boolean {
  const value = pool.evictValuable(limit, { ignoreLow });
  expect([`${pool}`, asked.value(pool, ignoreLow)]).toEqual([`${pool}`, value]);
  if (value.valuable && pool !== limit) {
    const { min, low } = pool.effectiveProtection(limit);
    const left = pool.usage - (ignoreLow ? min : Math.max(min, low));
    expect([`${pool}`, asked.unprotected(pool, ignoreLow)]).toEqual([`${pool}`, left]);
  }
  return value.valuable;
}
