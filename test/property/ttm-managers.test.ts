import fc from "fast-check";
import { expect, test } from "vitest";
import {
  BuddyManager,
  type BufferObject,
  type Place,
  RangeManager,
  type ResourceManager,
  SystemManager,
} from "../../src/ttm/index.ts";
import { runs } from "./runs.ts";
import { DevicePlayer } from "./ttm-device-player.ts";
import { addressedScenarios, type Scenario, type TtmOperation } from "./ttm-operations.ts";
import { isWithin, WatchedManager } from "./watched-manager.ts";

/** A manager of so many pages, and what of it is free. */
interface Kind {
  make(pages: number): ResourceManager;
  free(manager: ResourceManager): unknown;
}

const RANGE: Kind = {
  make: (pages) => new RangeManager(pages),
  free: (manager) => (manager as RangeManager).freeRanges(),
};

const BUDDY: Kind = {
  make: (pages) => new BuddyManager(pages),
  free: (manager) => (manager as BuddyManager).freeBlocks(),
};

const COARSE_BUDDY: Kind = {
  make: (pages) => new BuddyManager(pages + (pages % 2), { minimumBlockPages: 2 }),
  free: BUDDY.free,
};

test.each([
  ["range", RANGE],
  ["buddy", BUDDY],
  ["buddy with blocks of two pages", COARSE_BUDDY],
])(
  "a device with %s managers hands no page out twice, keeps to windows, and gets everything back",
  { timeout: 600_000 },
  (_, kind) => {
    fc.assert(
      fc.property(addressedScenarios, (scenario) => playAll(scenario, kind)),
      runs(300),
    );
  },
);

function playAll(scenario: Scenario, kind: Kind): void {
  const { vram, tt, swap } = scenario.sizes;
  const managers = { vram: kind.make(vram), tt: kind.make(tt), swap: kind.make(swap) };
  const watched = {
    vram: new WatchedManager(managers.vram),
    tt: new WatchedManager(managers.tt),
    swap: new WatchedManager(managers.swap),
  };
  const player = new DevicePlayer(scenario, { ...watched, system: new SystemManager() });
  try {
    for (const operation of scenario.operations) {
      const answer = player.play(operation);
      if (answer === undefined) expectAsAsked(player, operation);
      for (const { complaints } of Object.values(watched)) expect(complaints).toEqual([]);
    }
    player.end();
    for (const manager of Object.values(managers)) {
      expect(kind.free(manager)).toEqual(kind.free(kind.make(manager.pages)));
    }
  } finally {
    player.dispose();
  }
}

/** A request that was granted has its buffer in one of the places. */
function expectAsAsked({ buffers }: DevicePlayer, operation: TtmOperation): void {
  if (operation.op !== "create" && operation.op !== "validate") return;
  const bo = operation.op === "create" ? buffers.at(-1) : buffers[operation.bo % buffers.length];
  if (bo === undefined) return;
  const isThere = operation.placement.some((place) => place.type === bo.place && isAt(bo, place));
  expect([operation, isThere]).toEqual([operation, true]);
}

function isAt({ allocation }: BufferObject, place: Place): boolean {
  return allocation !== null && isWithin(allocation, place, Number.POSITIVE_INFINITY);
}
