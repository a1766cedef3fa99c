import { expect, test } from "vitest";
import { median, quantile, ratios, spread } from "../../../bench/harness/statistics.ts";
import { type Case, resultOf } from "../../../bench/harness/suite.ts";
import { isMet, TARGETS } from "../../../bench/harness/targets.ts";

const none = () => {};

function cases(...names: string[]): Case[] {
  return names.map((name) => ({ name, against: ["baseline"], run: none, check: none }));
}

function round(figures: Record<string, number>): Map<string, number> {
  return new Map(Object.entries(figures));
}

test("the median is the middle, or what is in the middle of two", () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([7])]).toEqual([2, 2.5, 7]);
});

test("a quantile is the value that such a part lies below, or in proportion between two", () => {
  const values = [50, 10, 40, 20, 30];
  expect([0, 0.25, 0.5, 0.625, 1].map((part) => quantile(values, part))).toEqual([10, 20, 30, 35, 50]);
});

test("nothing has no median", () => {
  expect(() => median([])).toThrow(RangeError);
});

test("a spread reaches from the least to the most", () => {
  expect(spread([10, 2, 9])).toEqual({ median: 9, low: 2, high: 10 });
});

test("a ratio is taken within a round", () => {
  expect(ratios([2, 30], [1, 10])).toEqual([2, 3]);
  expect(() => ratios([1], [1, 2])).toThrow(RangeError);
});

test("the ratio is the median of the ratios, not that of the medians", () => {
  // A machine that is ten times as slow in the last round.
  const rounds = [round({ a: 1, baseline: 2 }), round({ a: 4, baseline: 4 }), round({ a: 40, baseline: 20 })];
  const { ratios, figures } = resultOf("charge", cases("a", "baseline"), { rounds, notes: [] });
  expect(figures.map(({ median }) => median)).toEqual([4, 4]);
  expect(ratios[0]).toEqual({ name: "a", against: "baseline", ratio: { median: 1, low: 0.5, high: 2 } });
});

test("a baseline that was left out has no ratio", () => {
  const { ratios } = resultOf("charge", cases("a"), { rounds: [round({ a: 1 })], notes: ["left out"] });
  expect(ratios).toEqual([{ name: "a", against: "baseline", ratio: null }]);
});

test("whether a target is met that needs a baseline, nobody can tell without", () => {
  const [name, against] = ["pool.tryCharge, depth 1", "C loop, depth 1"];
  const one = { name, against: [against], run: none, check: none };
  const without = resultOf("charge", [one], { rounds: [round({ [name]: 1 })], notes: [] });
  expect(without.ratios[0]).toMatchObject({ target: { atMost: 1.4 }, isMet: null });
  const baseline = { name: against, run: none, check: none };
  const figures = round({ [name]: 1.5, [against]: 1 });
  const missed = resultOf("charge", [one, baseline], { rounds: [figures], notes: [] });
  expect(missed.ratios[0]).toMatchObject({ target: { atMost: 1.4 }, isMet: false });
});

test("a target of the figure itself is shown with it", () => {
  const one: Case = { name: "a pool", unit: "bytes", sample: () => 128, check: none };
  const { figures } = resultOf("memory", [one], { rounds: [round({ "a pool": 128 })], notes: [] });
  expect(figures).toMatchObject([{ unit: "bytes", median: 128, target: { atMost: 128 }, isMet: true }]);
});

test("a bound includes its limit", () => {
  expect([isMet({ atMost: 1.4 }, 1.4), isMet({ atMost: 1.4 }, 1.41)]).toEqual([true, false]);
  expect([isMet({ timesFaster: 50 }, 0.02), isMet({ timesFaster: 50 }, 0.021)]).toEqual([true, false]);
});

test("no two targets are of the same", () => {
  const keys = TARGETS.map(({ suite, name, against }) => [suite, name, against].join("; "));
  expect(new Set(keys).size).toBe(keys.length);
});
