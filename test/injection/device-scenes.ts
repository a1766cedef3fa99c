import { expect } from "vitest";
import type { Semantics } from "../../src/index.ts";
import { type BufferObject, CountManager, SystemManager } from "../../src/ttm/index.ts";
import { PAGE, places, type SmallDevice, smallDevice } from "../support/small-device.ts";
import { lackOf, refusedCharges } from "./core-faults.ts";
import { FailingManager } from "./device-faults.ts";
import { auditDevice, deviceState } from "./device-state.ts";
import type { Scene } from "./fail-each.ts";
import { CountedFault, type Fault } from "./fault.ts";

/** What can be made to fail beneath a device; what ends in an s: each time from then on. */
export const DEVICE_FAULTS = [
  "charge",
  "charges",
  "space",
  "spaces",
  "manager",
  "move",
  "moves",
  "eviction placement",
  "pools",
  "accounts",
] as const;
export type DeviceFault = (typeof DEVICE_FAULTS)[number];

/** A device whose managers and driver can be made to fail. `vram` and `tt` are accounted. */
export function fragileDevice(name: DeviceFault, semantics: Semantics = "intended"): SmallDevice & { fault: Fault } {
  const counted = new CountedFault({ lasts: name.endsWith("s") });
  const manager = (pages: number) => {
    const plain = new CountManager(pages);
    if (name.startsWith("space")) return new FailingManager(plain, counted, "full");
    return name === "manager" ? new FailingManager(plain, counted, "broken") : plain;
  };
  const strikeAt = (what: DeviceFault) => {
    if (name === what || name === `${what}s`) counted.strike(`A ${what}`);
  };
  const managers = { vram: manager(8), tt: manager(4), system: new SystemManager() };
  const driver = {
    evictionPlacement: () => {
      strikeAt("eviction placement");
      return places("tt", "system");
    },
    move: () => strikeAt("move"),
    moveAsync: async () => {
      await null;
      strikeAt("move");
    },
  };
  const small = smallDevice({ semantics, managers, driver, accounted: ["vram", "tt"] });
  if (name.startsWith("charge")) return { ...small, fault: refusedCharges(small.dmem, counted) };
  if (name === "pools" || name === "accounts") return { ...small, fault: lackOf(name, small.dmem) };
  return { ...small, fault: counted };
}

/**
 * An attempt on a device, for {@link failEach}.
 *
 * @param state what a failure leaves as it was. By default all; where an eviction was made for it, that stays
 */
export function deviceScene(
  small: SmallDevice & { fault: Fault },
  attempt: () => unknown,
  state: () => unknown = () => deviceState(small),
): Scene {
  return { fault: small.fault, attempt, state, audit: () => auditDevice(small) };
}

/** Makes all counters and accounts: whoever was once charged there has them, also if the charge was returned. */
export function openAll({ dmem, a, b }: SmallDevice): void {
  for (const group of [a, b]) for (const region of dmem.regions) group.pool(region).charge(0);
}

/** Two buffers of `/a` and one of `/b`, least recently used first, which fill `vram`. */
export function fill({ make, b }: SmallDevice): BufferObject[] {
  const buffers = [make("first", 3), make("second", 2), make("third", 3, { owner: b })];
  expect(buffers.map(({ place, size }) => [place, size / PAGE])).toEqual([
    ["vram", 3],
    ["vram", 2],
    ["vram", 3],
  ]);
  return buffers;
}
