import { describe, expect, test } from "vitest";
import {
  limitsInBytes,
  MAX_POLICY_BYTES,
  overridePolicy,
  type Policy,
  parseCapacity,
  parsePolicy,
} from "../../../src/trace/policy.ts";

const GiB = 1024 ** 3;
const read = (text: string): Policy => parsePolicy(text, "p.yaml");

const FULL: Policy = {
  capacity: 8 * GiB,
  region: "drm/card0/vram0",
  tenants: new Map([
    ["game", { min: { unit: "bytes", bytes: 0 }, low: { unit: "percent", percent: 50 }, max: { unit: "max" } }],
    ["web", { movable: true }],
  ]),
};

test("reads YAML", () => {
  expect(
    read(
      "capacity: 8G\nregion: drm/card0/vram0\ntenants:\n  game: { min: 0, low: 50%, max: max }\n  web: { movable: true }\n",
    ),
  ).toEqual(FULL);
});

test("reads JSON", () => {
  const text =
    '{"capacity":8589934592,"region":"drm/card0/vram0","tenants":{"game":{"min":0,"low":"50%","max":"max"},"web":{"movable":true}}}';
  expect(read(text)).toEqual(FULL);
});

test("leaves out what the file does not say", () => {
  expect(read("capacity: 1")).toEqual({ capacity: 1, tenants: new Map() });
});

test("keeps a tenant of any name", () => {
  expect([...read("tenants: { __proto__: { max: 1 } }").tenants.keys()]).toEqual(["__proto__"]);
});

describe("complaints", () => {
  test.each([
    ["an empty file", "", "p.yaml: empty"],
    ["a text", "hello", 'p.yaml: "hello"; allowed: fields'],
    ["a broken file", "capacity: [8G", "p.yaml: no valid JSON or YAML"],
    ["truncated JSON", '{"capacity": 8', "no valid JSON or YAML"],
    ["a field twice", "capacity: 1\ncapacity: 2", "no valid JSON or YAML"],
    ["an alias", "capacity: &a 1\nregion: *a", "no valid JSON or YAML: Alias"],
    ["an unknown field", "capasity: 1", 'p.yaml: unknown field "capasity" (did you mean "capacity"?)'],
    [
      "an unknown limit",
      "tenants: { game: { lwo: 1 } }",
      'tenants.game: unknown field "lwo" (did you mean "low"?); allowed: min, low, max, movable',
    ],
    ["a tenant that is no set of fields", "tenants: { game: 1G }", 'tenants.game: "1G"; allowed: fields'],
    [
      "an amount that is none",
      "tenants: { game: { max: 1Q } }",
      'tenants.game.max: "1Q" is not an amount; allowed: bytes',
    ],
    ["a negative amount", "tenants: { game: { max: -1 } }", "tenants.game.max: -1 is not an amount"],
    ["no amount", "tenants: { game: { max: } }", "tenants.game.max: null is not"],
    [
      "movable that is neither",
      "tenants: { game: { movable: yes } }",
      'tenants.game.movable: "yes" is neither; allowed',
    ],
    [
      "movable misspelt",
      "tenants: { game: { moveable: true } }",
      'tenants.game: unknown field "moveable" (did you mean "movable"?)',
    ],
    ["a region that is none", "region: 7", "region: 7 is not a text"],
    ["a share as capacity", "capacity: 50%", 'capacity: "50%" is no capacity'],
  ])("names %s", (_, text, problem) => {
    expect(() => read(text)).toThrow(problem);
  });

  test("bounds nesting before anything could overflow", () => {
    const nested = (depth: number): string => `region: ${"[".repeat(depth)}${"]".repeat(depth)}`;
    expect(() => read(nested(16))).toThrow("region: an object is not a text");
    expect(() => read(nested(17))).toThrow("brackets more than 16 deep");
    expect(() => read("{a: ".repeat(15_000))).toThrow("brackets more than 16 deep");
    expect(() => read("- ".repeat(16))).toThrow("allowed: fields");
    expect(() => read("- ".repeat(30_000))).toThrow("lists more than 16 deep");
    expect(() => read(`${"? ".repeat(30_000)}x`)).toThrow("lists more than 16 deep");
    expect(() => read(Array.from({ length: 350 }, (_, i) => `${" ".repeat(i)}-`).join("\n"))).toThrow(
      "allowed: fields",
    );
  });

  test("bounds the length of a policy", () => {
    const padded = (length: number): string => "capacity: 1".padEnd(length, " ");
    expect(read(padded(MAX_POLICY_BYTES)).capacity).toBe(1);
    expect(() => read(padded(MAX_POLICY_BYTES + 1))).toThrow("longer than 65536 characters");
  });
});

describe("parseCapacity", () => {
  test("takes 1 byte to 2^53-1", () => {
    expect(parseCapacity("1", "x")).toBe(1);
    expect(parseCapacity(2 ** 53 - 1, "x")).toBe(2 ** 53 - 1);
  });

  test.each(["0", "max", "100%", "9007199254740992", 0, 1.5, null, undefined])("does not take %j", (value) => {
    expect(() => parseCapacity(value, "--capacity")).toThrow(
      /^--capacity: .* is no capacity; allowed: 1 byte to 2\^53-1/,
    );
  });
});

describe("overridePolicy", () => {
  test("overrides field by field", () => {
    const over: Policy = { capacity: 7, tenants: new Map([["game", { low: { unit: "bytes", bytes: 1 } }]]) };
    const both = overridePolicy(FULL, over);
    expect(both).toMatchObject({ capacity: 7, region: "drm/card0/vram0" });
    expect(both.tenants.get("game")).toEqual({ ...FULL.tenants.get("game"), low: { unit: "bytes", bytes: 1 } });
  });

  test("can take back that memory can be moved", () => {
    const over: Policy = { tenants: new Map([["web", { movable: false }]]) };
    expect(overridePolicy(FULL, over).tenants.get("web")).toEqual({ movable: false });
  });

  test("changes neither of the two", () => {
    overridePolicy(FULL, { tenants: new Map([["new", {}]]) });
    expect([...FULL.tenants.keys()]).toEqual(["game", "web"]);
  });
});

describe("limitsInBytes", () => {
  test("protects nothing and limits nothing by default", () => {
    expect(limitsInBytes({}, 100)).toEqual({ min: 0, low: 0, max: Number.POSITIVE_INFINITY });
  });

  test("takes shares of the capacity", () => {
    expect(limitsInBytes({ max: { unit: "percent", percent: 25 } }, 8 * GiB).max).toBe(2 * GiB);
  });
});
