import { describe, expect, test } from "vitest";
import {
  DEFAULT_REGION,
  MAX_TENANTS,
  type NamedTrace,
  nameTrace,
  type PlanOptions,
  parseTraceArgument,
  planReplay,
  planScenario,
  withoutProtection,
} from "../../../src/cli/replay-plan.ts";
import { TraceBuilder } from "../../../src/trace/allocation-trace.ts";
import { NO_POLICY, type Policy } from "../../../src/trace/policy.ts";
import type { TraceFile } from "../../../src/trace/trace-file.ts";

function trace(name: string, us?: number): NamedTrace {
  const builder = new TraceBuilder();
  builder.allocate(1, 10, us ?? 0);
  return { name, file: null, trace: builder.build(us !== undefined) };
}

const OPTIONS: PlanOptions = { order: null, semantics: "intended" };
const KIB: Policy = { ...NO_POLICY, capacity: 1024 };
const file: TraceFile = {
  path: "dir/run.7.jsonl",
  format: "jsonl",
  name: null,
  movable: false,
  device: null,
  leftOut: new Map(),
  trace: trace("x").trace,
};

describe("parseTraceArgument", () => {
  test.each([
    ["a.jsonl", { name: null, path: "a.jsonl" }],
    ["game=a.jsonl", { name: "game", path: "a.jsonl" }],
    ["game=a=b.jsonl", { name: "game", path: "a=b.jsonl" }],
    ["./a=b.jsonl", { name: null, path: "./a=b.jsonl" }],
  ])("splits %s", (argument, parts) => {
    expect(parseTraceArgument(argument)).toEqual(parts);
  });
});

describe("nameTrace", () => {
  test("goes by the command line, then by the file's word, then by its name", () => {
    expect(nameTrace({ name: "game", path: "" }, { ...file, name: "web" }).name).toBe("game");
    expect(nameTrace({ name: null, path: "" }, { ...file, name: "web" }).name).toBe("web");
    expect(nameTrace({ name: null, path: "" }, file).name).toBe("run.7");
  });

  test.each(["", ".", "..", "a/b", "a\nb", "a\u001b[2J", "a".repeat(101)])("does not take %j", (name) => {
    expect(() => nameTrace({ name, path: "" }, file)).toThrow("cannot be the name of a tenant");
  });

  test("takes 100 characters", () => {
    expect(nameTrace({ name: "a".repeat(100), path: "" }, file).name).toHaveLength(100);
  });
});

describe("planReplay", () => {
  test("fills in what nobody said", () => {
    const plan = planReplay([trace("a", 1), trace("b", 2)], KIB, OPTIONS);
    expect(plan).toMatchObject({ capacity: 1024, region: DEFAULT_REGION, order: "clock", scenario: null });
    expect(plan.tenants[0]).toMatchObject({
      movable: false,
      limits: { min: 0, low: 0, max: Number.POSITIVE_INFINITY },
    });
  });

  test("goes by the policy for what can be moved, then by the file", () => {
    const movable = (inFile: boolean, inPolicy: { movable?: boolean }): boolean | undefined => {
      const tenant = { ...trace("a"), file: { ...file, movable: inFile } };
      const policy: Policy = { ...KIB, tenants: new Map([["a", inPolicy]]) };
      return planReplay([tenant], policy, OPTIONS).tenants[0]?.movable;
    };
    expect([movable(true, {}), movable(false, {})]).toEqual([true, false]);
    expect([movable(true, { movable: false }), movable(false, { movable: true })]).toEqual([false, true]);
  });

  test("passes the semantics on", () => {
    expect(planReplay([trace("a")], KIB, { ...OPTIONS, semantics: "linux-7.3" }).semantics).toBe("linux-7.3");
  });

  test("says so where recordings do not overlap, by the clock only", () => {
    expect(planReplay([trace("a", 1), trace("b", 2)], KIB, { ...OPTIONS, order: "clock" }).remarks).toHaveLength(1);
    expect(planReplay([trace("a", 1), trace("b", 2)], KIB, { ...OPTIONS, order: "start" }).remarks).toEqual([]);
  });

  test.each<[string, NamedTrace[], Policy, string]>([
    ["a missing capacity", [trace("a")], NO_POLICY, "no capacity: say how large the card is"],
    ["two tenants of one name", [trace("a"), trace("a")], KIB, 'two tenants are called "a"'],
    [
      "a policy for nobody",
      [trace("game")],
      { ...KIB, tenants: new Map([["gmae", {}]]) },
      'unknown tenant "gmae" (did you mean "game"?)',
    ],
    ["a region with a space", [trace("a")], { ...KIB, region: "a b" }, 'region: "a b" cannot be its name'],
  ])("complains about %s", (_, tenants, policy, problem) => {
    expect(() => planReplay(tenants, policy, OPTIONS)).toThrow(problem);
  });

  test("takes as many tenants as allowed, and not one more", () => {
    const tenants = Array.from({ length: MAX_TENANTS + 1 }, (_, i) => trace(`t${i}`));
    expect(planReplay(tenants.slice(1), KIB, OPTIONS).tenants).toHaveLength(MAX_TENANTS);
    expect(() => planReplay(tenants, KIB, OPTIONS)).toThrow("33 tenants; allowed: up to 32");
  });
});

test("lets a policy change the built-in scenario", () => {
  const plan = planScenario(
    { capacity: 2 ** 40, tenants: new Map([["desktop", { max: { unit: "percent", percent: 50 } }]]) },
    { ...OPTIONS, order: "turns" },
  );
  expect(plan).toMatchObject({ capacity: 2 ** 40, order: "turns" });
  expect(plan.tenants[0]?.limits.max).toBe(2 ** 39);
  expect(plan.tenants[1]?.limits.low).toBeGreaterThan(0);
});

test("takes protection away, and leaves the rest of a plan", () => {
  const plan = planScenario(
    { tenants: new Map([["game", { min: { unit: "bytes", bytes: 1 }, max: { unit: "bytes", bytes: 2 } }]]) },
    OPTIONS,
  );
  const { tenants, ...rest } = withoutProtection(plan);
  expect(tenants.map(({ limits: { min, low } }) => [min, low])).toEqual([
    [0, 0],
    [0, 0],
  ]);
  expect(tenants[1]).toMatchObject({ name: "game", movable: true, limits: { max: 2 } });
  expect(plan).toMatchObject(rest);
});
