import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Dmem, type Semantics } from "../../src/index.ts";
import { slotsUsed } from "../support/small-dmem.ts";
import { LinuxModel, LinuxPool } from "./linux-model.ts";
import { Model } from "./model.ts";
import { ModelPool } from "./model-pool.ts";
import { AGENTS, type Operation, operations } from "./operations.ts";
import { Player } from "./player.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";

/** Enough for any sequence: what is refused here is refused for a reason that the model knows. */
const CAPACITY = { cgroups: 128, regions: 64, pools: 2048, agents: AGENTS + 1, tickets: 128 };

const MODELS: Readonly<Record<Semantics, typeof Model>> = { intended: Model, "linux-7.3": LinuxModel };

describe.each(["intended", "linux-7.3"] as const)("in %s semantics", (semantics) => {
  const playAll = (sequence: readonly Operation[]) => playIn(semantics, new MODELS[semantics](AGENTS), sequence);

  test(
    "two agents see what the plain model says, whatever they do, and in the end all is free again",
    () => {
      fc.assert(fc.property(operations, playAll), runs(200));
    },
    TIMEOUT_MS,
  );

  // The canaries: a model that is wrong in one place has to be found, or the test above means nothing.
  describe("a model is found to be wrong whose", () => {
    afterEach(() => vi.restoreAllMocks());

    const Pool = semantics === "intended" ? ModelPool : LinuxPool;

    test.each(["tryCharge", "charge", "uncharge", "handOver", "adopt", "setLimit"] as const)(
      "%s does nothing",
      (method) => {
        vi.spyOn(Pool.prototype, method).mockReturnValue(undefined as never);
        expect(() => fc.assert(fc.property(operations, playAll), { numRuns: 100, endOnFailure: true })).toThrow();
      },
    );

    test("pools never go", () => {
      vi.spyOn(Pool.prototype, "live", "get").mockReturnValue(true);
      expect(() => fc.assert(fc.property(operations, playAll), { numRuns: 100, endOnFailure: true })).toThrow();
    });
  });
});

function playIn(semantics: Semantics, model: Model, sequence: readonly Operation[]): void {
  const observer = Dmem.create({ capacity: CAPACITY, semantics });
  try {
    const before = slotsUsed(observer);
    const player = new Player(observer, model);
    for (const operation of sequence) player.play(operation);
    player.end();
    expectNothingUsed(observer);
    removeAll(observer);
    expect(slotsUsed(observer)).toEqual({ ...before, agents: 1 });
  } finally {
    observer.dispose();
  }
}

function expectNothingUsed({ root, regions }: Dmem): void {
  for (const region of regions) expect([region.name, root.pool(region).usage]).toEqual([region.name, 0]);
}

function removeAll(dmem: Dmem): void {
  for (const region of dmem.regions) region.unregister();
  removeBelow(dmem, "/");
}

function removeBelow(dmem: Dmem, path: string): void {
  for (const child of dmem.cgroup(path).children) {
    removeBelow(dmem, child.path);
    child.rmdir();
  }
}
