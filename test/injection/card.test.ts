import { expect, test } from "vitest";
import { Amdgpu, Xe } from "../../src/drivers/index.ts";
import type { Dmem } from "../../src/index.ts";
import { PAGE, UNIQUE } from "../support/small-card.ts";
import { onePool } from "../support/small-dmem.ts";
import { controllerState } from "./controller-state.ts";
import { coreOf, lackOf, lockedChanges } from "./core-faults.ts";
import { failEach } from "./fail-each.ts";
import { CountedFault, type Fault } from "./fault.ts";

type Make = (dmem: Dmem) => Disposable;

const CARDS: Readonly<Record<string, Make>> = {
  xe: (dmem) =>
    new Xe(dmem, { unique: UNIQUE, tiles: [{ vram: 8 * PAGE }, { vram: 8 * PAGE }], stolen: PAGE, tt: PAGE }),
  amdgpu: (dmem) => new Amdgpu(dmem, { unique: UNIQUE, vram: 8 * PAGE, gtt: 8 * PAGE }),
};

/** Has the nth callback of a region not be taken, as if nothing more could be listened to. */
function deafRegions(dmem: Dmem): Fault {
  const { requests } = coreOf(dmem);
  const fault = new CountedFault();
  const open = requests.open.bind(requests);
  requests.open = () => {
    fault.strike("Listening");
    open();
  };
  return fault;
}

const FAULTS: Readonly<Record<string, (dmem: Dmem) => Fault>> = {
  "a region's slot": (dmem) => lackOf("regions", dmem),
  "the lock": lockedChanges,
  "listening for requests": deafRegions,
};

// Regions stayed registered, and one of them kept the callback of a device that did not exist.
test.each(
  Object.entries(CARDS).flatMap(([card, make]) =>
    Object.entries(FAULTS).map(([name, fault]) => ({ card, name, make, fault })),
  ),
)("$card that cannot have $name registers no region and keeps no callback", async ({ make, fault }) => {
  const failures = await failEach(() => {
    const { dmem } = onePool({ capacity: { regions: 8 } });
    return { fault: fault(dmem), attempt: () => void make(dmem), state: () => controllerState(dmem) };
  });
  expect(failures).toBeGreaterThan(0);
});

test("registering a region whose callback is not taken registers nothing", async () => {
  const failures = await failEach(() => {
    const { dmem } = onePool();
    const attempt = () => dmem.registerRegion("tt", { size: 1, reclaim: () => "ENOSPC" });
    return { fault: deafRegions(dmem), attempt, state: () => controllerState(dmem) };
  });
  expect(failures).toBe(1);
});
