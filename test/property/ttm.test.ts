import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ReferenceDevice } from "../reference/ttm.ts";
import { ReferencePool } from "../reference/ttm-pool.ts";
import { runs } from "./runs.ts";
import { DevicePlayer } from "./ttm-device-player.ts";
import { type Scenario, scenarios } from "./ttm-operations.ts";
import { ReferencePlayer } from "./ttm-reference-player.ts";
import { deviceState, referenceState } from "./ttm-state.ts";

test("a device evicts whom the plain reference evicts, in the same order, and ends in the same state", {
  timeout: 600_000,
}, () => {
  fc.assert(fc.property(scenarios, playBoth), runs(1000));
});

// The canaries: a reference that is wrong in one place has to be found, or the test above means nothing.
describe("a reference is found to be wrong", () => {
  afterEach(() => vi.restoreAllMocks());

  test.each([
    "pin",
    "unpin",
    "touch",
    "moveToTail",
    "setPriority",
    "setLimit",
    "validate",
    "free",
    "evictAll",
    "swapOut",
  ] as const)("whose %s does nothing", (method) => {
    vi.spyOn(ReferenceDevice.prototype, method).mockReturnValue(undefined as never);
    expectDifference();
  });

  test("that charges nobody", () => {
    vi.spyOn(ReferencePool.prototype, "tryCharge").mockReturnValue(null);
    vi.spyOn(ReferencePool.prototype, "uncharge").mockReturnValue(undefined);
    expectDifference();
  });
});

function expectDifference(): void {
  const parameters = { numRuns: 300, endOnFailure: true };
  expect(() => fc.assert(fc.property(scenarios, playBoth), parameters)).toThrow("Property failed");
}

function playBoth(scenario: Scenario): void {
  const device = new DevicePlayer(scenario);
  const reference = new ReferencePlayer(scenario);
  try {
    for (const operation of scenario.operations) {
      const [answer, expected] = [device.play(operation), reference.play(operation)];
      expectEqual({ answer, moves: device.moves }, { answer: expected, moves: reference.moves });
      expectEqual(deviceState(device), referenceState(reference));
      device.moves = [];
      reference.moves = [];
    }
    device.end();
  } finally {
    device.dispose();
  }
}

/** Compares as text first: that is ten times faster. */
function expectEqual(actual: object, expected: object): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual).toEqual(expected);
}
