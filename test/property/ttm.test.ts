import fc from "fast-check";
import { test } from "vitest";
import { runs } from "./runs.ts";
import { type Scenario, scenarios } from "./ttm-operations.ts";
import { TtmPlayer } from "./ttm-player.ts";

test("a device evicts whom the plain reference evicts, in the same order, and ends in the same state", () => {
  fc.assert(fc.property(scenarios(60), playAll), runs(150));
});

function playAll(scenario: Scenario): void {
  const player = new TtmPlayer(scenario);
  try {
    for (const operation of scenario.operations) player.play(operation);
    player.end();
  } finally {
    player.dispose();
  }
}
