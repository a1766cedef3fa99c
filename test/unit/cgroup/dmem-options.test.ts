import { describe, expect, test } from "vitest";
import { arrangementFor, type DmemOptions, requireSame } from "../../../src/cgroup/dmem-options.ts";
import { expectRefusal } from "../../support/refusal.ts";

const MADE: DmemOptions[] = [
  { semantics: "intended", controller: "dmem", subtreeControl: "auto", capacity: { pools: 8 } },
  { semantics: "linux-7.3", controller: "drm", subtreeControl: "manual", capacity: { pools: 9 } },
];

describe("options that contradict what is there", () => {
  test.each(MADE)("none of those that it was made with does: %o", (options) => {
    expect(() => requireSame(options, arrangementFor(options), "It")).not.toThrow();
    expect(() => requireSame({}, arrangementFor(options), "It")).not.toThrow();
  });

  test.each(["semantics", "controller", "subtreeControl"] as const)("another %s does, in either direction", (name) => {
    for (const [made, wanted] of [MADE, MADE.toReversed()] as [DmemOptions, DmemOptions][]) {
      const check = () => requireSame({ [name]: wanted[name] }, arrangementFor(made), "It");
      expectRefusal(check, "EINVAL", `It was made with ${name} "${made[name]}", not "${wanted[name]}".`);
    }
  });

  test("another capacity does", () => {
    const check = () => requireSame({ capacity: { pools: 9 } }, arrangementFor(MADE[0] ?? {}), "It");
    expectRefusal(check, "EINVAL", "It was made with capacity.pools 8, not 9.");
  });
});
