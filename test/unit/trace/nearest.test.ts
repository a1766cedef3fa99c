import { expect, test } from "vitest";
import { nearest, unknownName } from "../../../src/trace/nearest.ts";

test.each([
  ["lwo", "low"],
  ["mx", "max"],
  ["mni", "min"],
  ["capasity", "capacity"],
])("takes %s for %s", (word, meant) => {
  expect(nearest(word, ["min", "low", "max", "capacity"])).toBe(meant);
});

test("takes nothing for a word that is far from all", () => {
  expect(nearest("zzzzzz", ["min", "low"])).toBeNull();
  expect(nearest("a".repeat(100_000), ["min"])).toBeNull();
});

test("takes the earliest of equally near ones", () => {
  expect(nearest("ab", ["ac", "ad"])).toBe("ac");
});

test("names what is allowed, near or not", () => {
  expect(unknownName("field", "lwo", ["min", "low"])).toBe(
    'unknown field "lwo" (did you mean "low"?); allowed: min, low',
  );
  expect(unknownName("field", "zzz", ["min"])).toBe('unknown field "zzz"; allowed: min');
});
