import { describe, expect, test } from "vitest";
import { BuddyManager, RangeManager, SystemManager } from "../../../src/ttm/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { PAGE, places, smallDevice } from "../../support/small-device.ts";

const addressed = () => ({ vram: new RangeManager(16), tt: new RangeManager(8), system: new SystemManager() });

describe("validate", () => {
  test("leaves a buffer that is in one of the places where it is", () => {
    const { moves, make } = smallDevice();
    const bo = make("x", 1, { at: ["tt"] });
    bo.validate(places("vram", "tt"));
    expect([bo.place, moves.all]).toEqual(["tt", ["x null -> tt"]]);
  });

  test("moves a buffer that is in none of them, its charge with it", () => {
    const { device, moves, vram, a, make } = smallDevice();
    const bo = make("x", 3);
    bo.validate(places("tt"));
    expect([bo.place, bo.pool, a.pool(vram).usage]).toEqual(["tt", null, 0]);
    expect([device.usedPages("vram"), device.usedPages("tt")]).toEqual([0, 3]);
    expect(moves.all).toEqual(["x null -> vram", "x vram -> tt"]);
  });

  test("moves a buffer out of a place that is a fallback only", () => {
    const { make } = smallDevice();
    const bo = make("x", 1, { at: ["system"] });
    bo.validate(places("vram", { type: "system", fallback: true }));
    expect(bo.place).toBe("vram");
  });

  test("leaves it in the fallback where nothing else can be had", () => {
    const { make } = smallDevice();
    make("y", 8).pin();
    const bo = make("x", 1, { at: ["system"] });
    bo.validate(places("vram", { type: "system", fallback: true }));
    expect(bo.place).toBe("system");
  });

  test("that fails leaves the buffer where it was, and its charge", () => {
    const { device, vram, a, make } = smallDevice();
    make("y", 4, { at: ["tt"] }).pin();
    const bo = make("x", 3);
    expectRefusal(() => bo.validate(places("tt")), "ENOSPC", "12 KiB", "tt");
    expect([bo.place, a.pool(vram).usage, device.usedPages("tt")]).toEqual(["vram", 3 * PAGE, 4]);
  });

  test("with an empty placement takes the backing and the charge away, of a pinned buffer too", () => {
    const { device, moves, vram, a, make } = smallDevice();
    const [x, y] = [make("x", 3), make("y", 1)];
    y.pin();
    for (const bo of [x, y]) bo.validate([]);
    expect([x.place, y.place, a.pool(vram).usage, device.unevictable]).toEqual([null, null, 0, []]);
    expect(moves.all).toEqual(["x null -> vram", "y null -> vram"]);
  });

  test("refuses to move a pinned buffer, and accepts it where it is", () => {
    const { vram, a, make } = smallDevice();
    const bo = make("x", 1);
    bo.pin();
    expectRefusal(() => bo.validate(places("tt")), "EINVAL", "pinned", "vram");
    bo.validate(places("tt", "vram"));
    expect([bo.place, a.pool(vram).usage]).toEqual(["vram", PAGE]);
  });

  test("refuses a place to a buffer that was pinned without one", () => {
    const { make } = smallDevice();
    const bo = make("x", 1, { at: [] });
    bo.pin();
    expectRefusal(() => bo.validate(places("vram")), "EINVAL", "pinned", "without a place");
  });
});

describe("windows", () => {
  test("a buffer lies in the window", () => {
    const { make } = smallDevice({ managers: addressed() });
    expect(make("x", 2, { at: [{ type: "vram", first: 5, end: 9 }] }).allocation?.start).toBe(5);
  });

  test("a buffer outside of the window is moved into it", () => {
    const { moves, make } = smallDevice({ managers: addressed() });
    const bo = make("x", 2);
    bo.validate(places({ type: "vram", first: 8 }));
    expect([bo.allocation?.start, moves.all.at(-1)]).toEqual([8, "x vram -> vram"]);
  });

  test("a buffer inside the window stays", () => {
    const { moves, make } = smallDevice({ managers: addressed() });
    make("x", 2).validate(places({ type: "vram", first: 0, end: 2 }));
    expect(moves.all).toHaveLength(1);
  });

  test("mean nothing in memory that never runs out", () => {
    const { make } = smallDevice();
    expect(make("x", 4, { at: [{ type: "system", end: 2 }] }).place).toBe("system");
  });

  test("a buffer in pieces is moved where it has to be contiguous", () => {
    const managers = { vram: new BuddyManager(8), system: new SystemManager() };
    const { make } = smallDevice({ managers });
    const [first, , third] = [make("w", 1), make("x", 1), make("y", 1), make("z", 1)];
    first.free();
    third.free();
    const bo = make("pieces", 6);
    expect(bo.allocation?.start).toBeNull();
    bo.validate(places({ type: "vram", contiguous: true }, "system"));
    expect(bo.place).toBe("system");
  });
});
