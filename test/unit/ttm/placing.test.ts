import { describe, expect, test } from "vitest";
import { CountManager, type Place, RangeManager, SystemManager } from "../../../src/ttm/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { PAGE, places, smallDevice } from "../../support/small-device.ts";

const addressed = () => ({ vram: new RangeManager(16), tt: new RangeManager(8), system: new SystemManager() });

describe("the first place that has room is taken", () => {
  test("in the order of the placement", () => {
    const { make } = smallDevice();
    expect(make("x", 1, { at: ["tt", "vram"] }).place).toBe("tt");
  });

  test("passing over a memory that is full, without evicting", () => {
    const { moves, make } = smallDevice();
    make("x", 8);
    expect(make("y", 1, { at: ["vram", "system"] }).place).toBe("system");
    expect(moves.victims).toEqual([]);
  });

  test("passing over a memory where the owner's limit is hit", () => {
    const { vram, a, make } = smallDevice();
    a.pool(vram).max = 2 * PAGE;
    expect(make("x", 2, { at: ["vram", "tt"] }).place).toBe("vram");
    expect(make("y", 1, { at: ["vram", "tt"] }).place).toBe("tt");
    expect(a.pool(vram).usage).toBe(2 * PAGE);
  });

  test("passing over a memory that the device does not have", () => {
    const { make } = smallDevice();
    expect(make("x", 1, { at: ["stolen", "tt"] }).place).toBe("tt");
  });

  test("passing over a memory that is too small", () => {
    const { make } = smallDevice();
    expect(make("x", 9, { at: ["vram", "system"] }).place).toBe("system");
  });

  test("and where none has room, the first is evicted from", () => {
    const { moves, make } = smallDevice();
    make("x", 8);
    make("y", 4, { at: ["tt"] });
    expect(make("z", 4, { at: ["tt", "vram"] }).place).toBe("tt");
    expect(moves.victims).toEqual(["y"]);
  });
});

describe("flags", () => {
  test("a desired place is not evicted from", () => {
    const { moves, make } = smallDevice();
    make("x", 8);
    make("y", 4, { at: ["tt"] });
    expect(make("z", 1, { at: [{ type: "vram", desired: true }, "tt"] }).place).toBe("tt");
    expect(moves.victims).toEqual(["y"]);
  });

  test("a desired place is taken while it has room", () => {
    expect(smallDevice().make("x", 1, { at: [{ type: "vram", desired: true }] }).place).toBe("vram");
  });

  test("a fallback is left alone while another place has room", () => {
    const { make } = smallDevice();
    expect(make("x", 1, { at: [{ type: "system", fallback: true }, "vram"] }).place).toBe("vram");
  });

  test("a fallback comes before places behind it that would have to be evicted from", () => {
    const { moves, make } = smallDevice();
    make("x", 8);
    expect(make("y", 1, { at: [{ type: "system", fallback: true }, "vram"] }).place).toBe("system");
    expect(moves.victims).toEqual([]);
  });

  test("a place that is both desired and a fallback is never taken", () => {
    const { make } = smallDevice();
    const at = [{ type: "vram", desired: true, fallback: true }];
    expectRefusal(() => make("x", 1, { at }), "ENOSPC");
  });
});

describe("a placement that no eviction can make room in is refused", () => {
  const cases: [string, number, (string | Place)[], string[]][] = [
    ["larger than any of the memories", 17, ["vram", "tt"], ["17"]],
    ["larger than the window", 4, [{ type: "vram", first: 3, end: 6 }], ["3 to 6", "3 pages"]],
    ["a window outside of the memory", 1, [{ type: "vram", first: 12, end: 17 }], ["0 to 16", "12 to 17"]],
    ["a window outside of the memory, with another place", 1, [{ type: "vram", first: 16 }, "system"], ["16 to 16"]],
    ["a window of nothing", 1, [{ type: "vram", first: 4, end: 4 }], ["4 to 4"]],
    ["a window of no pages", 1, [{ type: "vram", first: 0.5 }], ["0.5"]],
    ["no memory of the device's", 1, ["stolen"], ["vram, tt, system"]],
  ];

  test.each(cases)("%s", (_, pages, at, words) => {
    const { device, moves, vram, a, b, make } = smallDevice({ managers: addressed() });
    make("x", 16, { owner: b });
    expectRefusal(() => make("y", pages, { at }), "EINVAL", ...words);
    expect([device.buffers.length, moves.victims, a.pool(vram).peak]).toEqual([1, [], 0]);
  });

  test.each(cases.filter(([name]) => !name.includes("another place")))(
    "in linux-7.3 semantics it is found out by trying: %s",
    (_, pages, at) => {
      const { device, make } = smallDevice({ managers: addressed(), semantics: "linux-7.3" });
      expectRefusal(() => make("y", pages, { at }), "ENOSPC");
      expect(device.buffers).toEqual([]);
    },
  );

  test("also at validate, which leaves the buffer where it is", () => {
    const { make } = smallDevice({ managers: addressed() });
    const bo = make("x", 9);
    expectRefusal(() => bo.validate(places("tt")), "EINVAL", "9");
    expect(bo.place).toBe("vram");
  });
});

test("a buffer as large as the memory fits, one page more does not", () => {
  const { make } = smallDevice({ managers: { vram: new CountManager(8) } });
  make("x", 8).free();
  expectRefusal(() => make("y", 9), "EINVAL");
});
