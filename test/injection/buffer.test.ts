import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import type { Semantics } from "../../src/index.ts";
import type { BufferObject } from "../../src/ttm/index.ts";
import { PAGE, places, type SmallDevice } from "../support/small-device.ts";
import { DEVICE_FAULTS, type DeviceFault, deviceScene, fragileDevice, openAll } from "./device-scenes.ts";
import { deviceState } from "./device-state.ts";
import { failEach } from "./fail-each.ts";

// There is room for everything here: nothing has to be evicted.

const FAULTS = DEVICE_FAULTS.filter((name) => name !== "eviction placement" && name !== "charge" && name !== "space");
/** What the second attempt, the one that may evict, gets over. */
const PASSING = ["charge", "space"] as const;
const LACKS: readonly DeviceFault[] = ["pools", "accounts"];

function fragile(fault: DeviceFault, semantics: Semantics = "intended") {
  const small = fragileDevice(fault, semantics);
  if (!LACKS.includes(fault)) openAll(small);
  return small;
}

function request({ b }: SmallDevice) {
  return { size: PAGE, owner: b, placement: places("vram") };
}

describe.each<Semantics>(["intended", "linux-7.3"])("with semantics %s", (semantics) => {
  describe.each(FAULTS)("a failure of: %s,", (fault) => {
    test("leaves no buffer that could not be created", async () => {
      const failures = await failEach(() => {
        const small = fragile(fault, semantics);
        return deviceScene(small, () => small.device.create(request(small)));
      });
      expect(failures).toBeGreaterThan(0);
    });

    test("leaves no buffer that could not be created asynchronously", async () => {
      const failures = await failEach(() => {
        const small = fragile(fault, semantics);
        return deviceScene(small, () => small.device.createAsync(request(small)));
      });
      expect(failures).toBeGreaterThan(0);
    });

    test("leaves a buffer where it was that could not be validated elsewhere", async () => {
      const failures = await failEach(() => {
        const small = fragile(fault, semantics);
        const bo = small.make("x", 2);
        return deviceScene(small, () => bo.validate(places("tt")));
      });
      expect(failures).toBeGreaterThan(0);
    });

    test("leaves a buffer where it was that could not be validated elsewhere asynchronously", async () => {
      const failures = await failEach(() => {
        const small = fragile(fault, semantics);
        const bo = small.make("x", 2);
        return deviceScene(small, () => bo.validateAsync(places("tt")));
      });
      expect(failures).toBeGreaterThan(0);
    });
  });
});

test.each(FAULTS)("whoever waits for a buffer has it after a failure of: %s", async (fault) => {
  const failures = await failEach(() => {
    const small = fragile(fault);
    const bo = small.make("x", 2);
    const attempt = async () => {
      const first = bo.validateAsync(places("tt"));
      const second = bo.validateAsync(places("vram"));
      const answers = await Promise.allSettled([first, second]);
      for (const answer of answers) if (answer.status === "rejected") throw answer.reason;
    };
    return deviceScene(small, attempt, () => small.device.buffers.length);
  });
  expect(failures).toBeGreaterThan(0);
});

test.each(PASSING)("one refusal is got over at the second attempt: %s", async (fault) => {
  const failures = await failEach(() => {
    const small = fragile(fault);
    return deviceScene(small, () => small.device.create(request(small)));
  });
  expect(failures).toBe(0);
});

test("a pinned buffer that is asked to move stays pinned, and where it is", () => {
  const small = fragile("move");
  const bo = small.make("x", 2);
  bo.pin();
  const before = deviceState(small);
  expect(() => bo.validate(places("tt"))).toThrow("EINVAL");
  expect(deviceState(small)).toEqual(before);
});

test("a freed buffer that is asked for anything takes nothing back", () => {
  const small = fragile("move");
  const bo = small.make("x", 2);
  bo.free();
  const before = deviceState(small);
  const attempts: ((freed: BufferObject) => unknown)[] = [
    (freed) => freed.validate(places("vram")),
    (freed) => freed.pin(),
    (freed) => freed.touch(),
    (freed) => freed.free(),
  ];
  for (const attempt of attempts) expect(() => attempt(bo)).toThrow("EINVAL");
  expect(deviceState(small)).toEqual(before);
});

test("moving several to the tail of which one was freed moves none", () => {
  const small = fragile("move");
  const [x, y] = [small.make("x", 1), small.make("y", 1)];
  y.free();
  small.make("z", 1);
  const before = deviceState(small);
  expect(() => small.device.moveToTail([x, y])).toThrow("EINVAL");
  expect(deviceState(small)).toEqual(before);
});

test("a move that fails leaves no listener at the signal", async () => {
  const { signal } = new AbortController();
  const failures = await failEach(() => {
    const small = fragile("move");
    const bo = small.make("x", 2);
    const state = () => [deviceState(small), getEventListeners(signal, "abort").length];
    return deviceScene(small, () => bo.validateAsync(places("tt"), { signal }), state);
  });
  expect(failures).toBe(1);
});

test("a move that is aborted leaves no listener, no charge and no place", async () => {
  const small = fragile("move");
  const bo = small.make("x", 2);
  const controller = new AbortController();
  const { signal } = controller;
  small.driver.moveAsync = async () => controller.abort();
  const before = deviceState(small);
  await expect(bo.validateAsync(places("tt"), { signal })).rejects.toThrow("abort");
  expect([deviceState(small), getEventListeners(signal, "abort")]).toEqual([before, []]);
});
