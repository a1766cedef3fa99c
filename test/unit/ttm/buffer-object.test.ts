import { describe, expect, test } from "vitest";
import { expectRefusal } from "../../support/refusal.ts";
import { PAGE, places, smallDevice } from "../../support/small-device.ts";
import { HeldMoves, heard } from "./held-moves.ts";

const METHODS = ["pin", "touch", "free"] as const;

describe("pins", () => {
  test("count", () => {
    const { device, make } = smallDevice();
    const bo = make("x", 1);
    bo.pin();
    bo.pin();
    bo.unpin();
    expect([bo.pinCount, device.unevictable]).toEqual([1, [bo]]);
    bo.unpin();
    expect([bo.pinCount, device.unevictable]).toEqual([0, []]);
  });

  test("take a buffer out of reach of eviction, and the last one gives it back as the most recently used", () => {
    const { device, make } = smallDevice();
    const [x, y] = [make("x", 1), make("y", 1)];
    x.pin();
    expect([device.lru("vram")[0], device.unevictable]).toEqual([[y], [x]]);
    x.unpin();
    expect([device.lru("vram")[0], device.unevictable]).toEqual([[y, x], []]);
  });

  test("are refused to be taken off where there are none", () => {
    const bo = smallDevice().make("x", 1);
    expectRefusal(() => bo.unpin(), "EINVAL", "not pinned", "4 KiB", '"/a"');
    expect(bo.pinCount).toBe(0);
  });

  test("stay with a buffer without backing, which then is nowhere", () => {
    const { device, make } = smallDevice();
    const bo = make("x", 1, { at: [] });
    bo.pin();
    expect([bo.pinCount, device.unevictable]).toEqual([1, []]);
  });
});

describe("free", () => {
  test("gives space and charge back", () => {
    const { device, vram, a, make } = smallDevice();
    const bo = make("x", 3);
    bo.free();
    expect(bo).toMatchObject({ freed: true, place: null, allocation: null, pool: null });
    expect([device.usedPages("vram"), a.pool(vram).usage, device.buffers]).toEqual([0, 0, []]);
  });

  test("frees a pinned buffer", () => {
    const { device, make } = smallDevice();
    const bo = make("x", 3);
    bo.pin();
    bo.free();
    expect([device.unevictable, device.usedPages("vram")]).toEqual([[], 0]);
  });

  test("is refused the second time", () => {
    const { vram, a, make } = smallDevice();
    const [bo] = [make("x", 3), make("y", 2)];
    bo.free();
    expectRefusal(() => bo.free(), "EINVAL", "was freed");
    expect(a.pool(vram).usage).toBe(2 * PAGE);
  });

  test("works when the owner's group was removed", () => {
    const { dmem, vram, a, make } = smallDevice();
    const bo = make("x", 3);
    a.rmdir();
    expect(dmem.root.pool(vram).usage).toBe(3 * PAGE);
    bo.free();
    expect(dmem.root.pool(vram).usage).toBe(0);
  });
});

describe("a freed buffer", () => {
  test.each(METHODS)("refuses %s", (method) => {
    const bo = smallDevice().make("x", 1);
    bo.free();
    expectRefusal(() => bo[method](), "EINVAL", "was freed");
  });

  test("refuses unpin, validate and a priority", () => {
    const { make } = smallDevice();
    const bo = make("x", 1);
    bo.pin();
    bo.free();
    expectRefusal(() => bo.unpin(), "EINVAL", "was freed");
    expectRefusal(() => bo.validate(places("vram")), "EINVAL", "was freed");
    expectRefusal(() => Object.assign(bo, { priority: 1 }), "EINVAL", "was freed");
    expect([bo.pinCount, bo.priority]).toEqual([1, 0]);
  });

  test("refuses validateAsync", async () => {
    const { device, make } = smallDevice();
    const bo = make("x", 1);
    bo.free();
    await expect(bo.validateAsync(places("vram"))).rejects.toMatchObject({ code: "EINVAL" });
    expect(device.usedPages("vram")).toBe(0);
  });
});

describe("priority", () => {
  test("moves the buffer to the list of that priority", () => {
    const { device, make } = smallDevice();
    const [x, y] = [make("x", 1), make("y", 1, { priority: 2 })];
    x.priority = 2;
    expect([x.priority, device.lru("vram")]).toEqual([2, [[], [], [y, x], []]]);
  });

  test.each([-1, 4, 1.5, "1", undefined])("refuses %j", (priority) => {
    const bo = smallDevice().make("x", 1);
    expectRefusal(() => Object.assign(bo, { priority }), "RangeError", "0, 1, 2 or 3");
    expect(bo.priority).toBe(0);
  });
});

test("a buffer tells what it is", () => {
  expect(String(smallDevice().make("x", 3))).toBe('A buffer of 12 KiB of "/a"');
});

describe("a buffer that is being moved", () => {
  function moving() {
    const held = new HeldMoves();
    const small = smallDevice({ driver: { moveAsync: held.start } });
    const bo = small.make("x", 3);
    return { ...small, held, bo, done: bo.validateAsync(places("tt")) };
  }

  test.each(METHODS)("refuses %s", async (method) => {
    const { held, bo, done } = moving();
    expectRefusal(() => bo[method](), "EBUSY", "being moved");
    await held.last.end();
    await done;
    bo[method]();
  });

  test("refuses a synchronous validate, a priority, and to be moved to the tail", async () => {
    const { device, held, bo, done } = moving();
    expectRefusal(() => bo.validate(places("system")), "EBUSY");
    expectRefusal(() => Object.assign(bo, { priority: 1 }), "EBUSY");
    expectRefusal(() => device.moveToTail([bo]), "EBUSY");
    await held.last.end();
    await done;
    expect([bo.place, bo.priority]).toEqual(["tt", 0]);
  });

  test("is charged and has space in both places, until it has arrived", async () => {
    const { device, vram, a, held, bo, done } = moving();
    expect([bo.place, a.pool(vram).usage, device.usedPages("vram"), device.usedPages("tt")]).toEqual([
      "vram",
      3 * PAGE,
      3,
      3,
    ]);
    await held.last.end();
    await done;
    expect([bo.place, a.pool(vram).usage, device.usedPages("vram"), device.usedPages("tt")]).toEqual(["tt", 0, 0, 3]);
  });

  test("lets other asynchronous calls wait, one after the other", async () => {
    const { held, bo, done } = moving();
    const next = [bo.validateAsync(places("system")), bo.validateAsync(places("vram"))];
    await heard();
    expect(held.all).toHaveLength(1);
    await held.last.end();
    expect([bo.place, held.all.length]).toEqual(["tt", 2]);
    await held.last.end();
    await held.last.end();
    await Promise.all([done, ...next]);
    expect(bo.place).toBe("vram");
  });

  test("lets whoever waits for it give up", async () => {
    const { held, bo, done } = moving();
    const stop = new AbortController();
    const waiting = bo.validateAsync(places("system"), { signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await held.last.end();
    await done;
    expect([bo.place, held.all.length]).toEqual(["tt", 1]);
  });
});
