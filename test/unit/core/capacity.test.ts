import { expect, test } from "vitest";
import { completeCapacity, SHAPES } from "../../../src/core/capacity.ts";
import { expectRefusal } from "../../support/refusal.ts";

test("what is not given follows from cgroups", () => {
  const defaults = { cgroups: 4096, regions: 32, pools: 16384, agents: 64, accounts: 65536, tickets: 4096 };
  expect(completeCapacity()).toEqual(defaults);
  expect(completeCapacity({ cgroups: 10 })).toEqual({ ...defaults, cgroups: 10, pools: 40, accounts: 160 });
  expect(completeCapacity({ pools: 3 })).toEqual({ ...defaults, pools: 3, accounts: 12 });
});

test("what is given is kept", () => {
  const given = { cgroups: 1, regions: 2, pools: 3, agents: 4, accounts: 5, tickets: 6 };
  expect(completeCapacity(given)).toEqual(given);
});

test.each(SHAPES.map(({ name }) => name))("%s is a whole number of at least 1", (name) => {
  expect(completeCapacity({ [name]: 1 })[name]).toBe(1);
  for (const value of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
    expectRefusal(() => completeCapacity({ [name]: value }), "RangeError", `capacity.${name} `, "1 to ", `${value}`);
  }
  expectRefusal(() => completeCapacity({ [name]: "8" as never }), "RangeError", `capacity.${name} `, '"8"');
});

test.each([
  ["regions", 2 ** 16 - 1],
  ["tickets", 2 ** 21 - 1],
  ["cgroups", 2 ** 31 - 1],
] as const)("there are at most so many %s: %i", (name, most) => {
  const others = { cgroups: 1, pools: 1, accounts: 1 };
  expect(completeCapacity({ ...others, [name]: most })[name]).toBe(most);
  expectRefusal(() => completeCapacity({ ...others, [name]: most + 1 }), "RangeError", `${most}`, `${most + 1}`);
});

test("a word that is none of them is refused, and what is allowed is named", () => {
  expectRefusal(() => completeCapacity({ cgroup: 5 } as never), "RangeError", "capacity.cgroup ", "cgroups, pools");
});
