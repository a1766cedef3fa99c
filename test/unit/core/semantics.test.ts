import { describe, expect, test } from "vitest";
import * as abi from "../../../assembly/abi.ts";
import { rulesOf, semanticsOf } from "../../../src/core/semantics.ts";
import { Dmem, type DmemError, type Semantics } from "../../../src/index.ts";
import { PageCounter } from "../../../src/page-counter/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { attachTo, onePool, seenBy, slotsUsed, smallDmem } from "../../support/small-dmem.ts";

/** One rule: what is seen of it, and what that is on either side. */
interface Difference {
  readonly seen: (semantics: Semantics) => unknown;
  readonly intended: unknown;
  readonly linux: unknown;
}

const LARGEST = 2 ** 53 - 1;

function outcome(attempt: () => unknown): unknown {
  try {
    return attempt();
  } catch (error) {
    return (error as DmemError).code;
  }
}

const DIFFERENCES: Readonly<Record<string, Difference>> = {
  RULE_ROOT_LIMIT_IGNORES_PROTECTION: {
    seen: (semantics) => {
      const { pool } = onePool({ semantics });
      pool.charge(10);
      pool.low = 10;
      return pool.evictValuable(pool.parent);
    },
    intended: { valuable: false, hitLow: true },
    linux: { valuable: true, hitLow: false },
  },

  RULE_REFUSED_CHARGE_RAISES_PEAK: {
    seen: (semantics) => {
      const { group, region, pool } = onePool({ semantics });
      pool.max = 10;
      const below = group.mkdir("b").pool(region);
      below.tryCharge(4);
      below.uncharge(4);
      return [below.tryCharge(11) === pool, below.peak, pool.peak];
    },
    intended: [true, 4, 4],
    linux: [true, 11, 4],
  },

  RULE_UNCHARGE_CLAMPS: {
    seen: (semantics) => {
      const { pool } = onePool({ semantics });
      pool.charge(5);
      return [outcome(() => pool.uncharge(6)), pool.usage, pool.held, pool.parent?.usage];
    },
    intended: ["EINVAL", 5, 5, 5],
    linux: [undefined, 0, 0, 0],
  },

  RULE_CHARGE_WRAPS: {
    seen: (semantics) => {
      const { pool } = onePool({ semantics });
      pool.charge(LARGEST);
      return [outcome(() => pool.charge(1)), pool.values().usage];
    },
    intended: ["EINVAL", 2n ** 53n - 1n],
    linux: [undefined, 2n ** 53n],
  },

  RULE_QUERIES_REMEMBER: {
    seen: (semantics) => {
      const { group, region, pool } = onePool({ semantics });
      const below = group.mkdir("b").pool(region);
      below.charge(10);
      pool.low = below.low = 10;
      const asked = below.effectiveProtection().low;
      below.uncharge(10);
      return [asked, below.effectiveProtection().low];
    },
    intended: [10, 0],
    linux: [10, 10],
  },

  RULE_EMPTY_RECLAIM_REPEATS: {
    seen: (semantics) => {
      const { region, group, pool } = onePool({ semantics });
      const stop = new AbortController();
      let rounds = 0;
      region.reclaim = () => {
        if (++rounds === 100) stop.abort();
      };
      pool.charge(10);
      group.write("dmem.max", "vram 5", { signal: stop.signal });
      return rounds;
    },
    intended: 17,
    linux: 100,
  },

  RULE_ANY_REGION_NAME: {
    seen: (semantics) => {
      const dmem = smallDmem({ semantics });
      const register = (name: string) => outcome(() => dmem.registerRegion(name, { size: 1 }).name);
      return [register("a b"), register(""), register("a b")];
    },
    intended: ["EINVAL", "EINVAL", "EINVAL"],
    linux: ["a b", "", "a b"],
  },
};

describe.each(Object.entries(DIFFERENCES))("%s", (_, { seen, intended, linux }) => {
  test("is off in intended semantics", () => {
    expect(seen("intended")).toEqual(intended);
  });

  test("is on in linux-7.3 semantics", () => {
    expect(seen("linux-7.3")).toEqual(linux);
  });
});

const RULES = Object.entries(abi).filter(([name]) => name.startsWith("RULE_"));

/** Rules about evicting buffers, which counters know nothing of. */
const OF_THE_BUFFER_MANAGER = ["RULE_EVICTOR_PAYS", "RULE_HOPELESS_REQUEST_EVICTS"];

test("every rule of the controller is told above", () => {
  const names = RULES.map(([name]) => name).filter((name) => !OF_THE_BUFFER_MANAGER.includes(name));
  expect(Object.keys(DIFFERENCES).sort()).toEqual(names.sort());
});

test("each rule has a bit of its own; intended semantics have none of them, linux-7.3 all", () => {
  const all = RULES.reduce((bits, [, bit]) => bits + Number(bit), 0);
  expect(all).toBe(2 ** RULES.length - 1);
  expect(rulesOf("linux-7.3")).toBe(all);
  expect(rulesOf("intended")).toBe(0);
});

test("a controller says which semantics it has, also to who attaches", () => {
  for (const semantics of ["intended", "linux-7.3"] as const) {
    expect(semanticsOf(rulesOf(semantics))).toBe(semantics);
    expect(attachTo(smallDmem({ semantics })).semantics).toBe(semantics);
  }
  expect(smallDmem().semantics).toBe("intended");
});

test.each(["linux", "Intended", "", null, 7.3])("%s is no semantics", (semantics) => {
  expectRefusal(() => Dmem.create({ semantics: semantics as never }), "RangeError", '"intended" or "linux-7.3"');
});

describe("a second region of a name", () => {
  test("is refused with EEXIST in intended semantics", () => {
    const { dmem } = onePool();
    expectRefusal(() => dmem.registerRegion("vram", { size: 1 }), "EEXIST", '"vram"');
  });

  test("stands in the files in linux-7.3 semantics, and the first one is meant by the name", () => {
    const { dmem, region, group } = onePool({ semantics: "linux-7.3" });
    const second = dmem.registerRegion("vram", { size: 2000 });
    group.write("dmem.low", "vram 5");
    expect(group.read("dmem.low")).toBe("vram 5\nvram 0\n");
    expect([dmem.region("vram"), second === region]).toEqual([region, false]);
  });
});

test("what another thread's uncharge clamped away is not held in the slot's next use", () => {
  const { dmem, region, group, pool } = onePool({ semantics: "linux-7.3" });
  const other = attachTo(dmem);
  pool.charge(10);
  seenBy(other, pool).uncharge(10);
  group.rmdir();
  const next = dmem.root.mkdir("b").pool(region);
  next.charge(0);
  expect(next.held).toBe(0);
});

// It was good for whichever pool came to use the slot, and went back to that one when its giver detached.
test("what another thread's uncharge clamped away cannot be adopted in the slot's next use", () => {
  const { dmem, region, group, pool } = onePool({ semantics: "linux-7.3" });
  const other = attachTo(dmem);
  const same = seenBy(other, pool);
  same.charge(10);
  const ticket = same.handOver(10);
  pool.uncharge(10);
  group.rmdir();
  const next = dmem.root.mkdir("b").pool(region);
  next.charge(7);
  expectRefusal(() => next.adopt(ticket), "EINVAL", "ticket");
  expect(slotsUsed(dmem)).toMatchObject({ pools: 2, tickets: 0 });
  other.dispose();
  expect([next.usage, next.held]).toEqual([7, 7]);
});

test("in linux-7.3 semantics a page counter wraps and clamps as 64-bit words do", () => {
  const counter = PageCounter.create({ semantics: "linux-7.3", capacity: 1 });
  counter.charge(2n ** 64n - 1n);
  counter.charge(3n);
  expect(counter.values().usage).toBe(2n);
  expect(counter.uncharge(3n)).toEqual([counter]);
  expect(counter.values().usage).toBe(0n);
});
