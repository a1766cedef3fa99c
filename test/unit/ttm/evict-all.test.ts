import { describe, expect, test } from "vitest";
import { CountManager, SystemManager } from "../../../src/ttm/index.ts";
import { watchers } from "../../injection/device-state.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { PAGE, places, smallDevice } from "../../support/small-device.ts";
import { HeldMoves } from "./held-moves.ts";

const broken = new Error("the engine is on fire");

describe("evictAll", () => {
  test("evicts everything from one memory, by priority and age, protected or not", () => {
    const { device, moves, vram, a, b, make } = smallDevice();
    a.pool(vram).min = 8 * PAGE;
    make("x", 1, { priority: 1 });
    make("y", 1);
    make("z", 1, { owner: b });
    make("elsewhere", 1, { at: ["tt"] });
    device.evictAll("vram");
    expect(moves.victims).toEqual(["y", "z", "x"]);
    expect([device.usedPages("vram"), device.usedPages("tt"), device.usedPages("system")]).toEqual([0, 1, 3]);
  });

  test("leaves what is pinned, and what is being moved", async () => {
    const held = new HeldMoves();
    const { device, driver, moves, make } = smallDevice();
    const [x, y] = [make("x", 1), make("y", 1), make("z", 1)];
    x.pin();
    driver.moveAsync = held.start;
    const moving = y.validateAsync(places("tt"));
    device.evictAll("vram");
    expect(moves.victims).toEqual(["z"]);
    await held.last.end();
    await moving;
    expect([x.place, y.place]).toEqual(["vram", "tt"]);
  });

  test("leaves what has nowhere to go", () => {
    const { device, make } = smallDevice({
      managers: { vram: new CountManager(8), tt: new CountManager(4) },
      driver: { evictionPlacement: () => places("tt") },
    });
    const [x, y] = [make("x", 5), make("y", 2)];
    device.evictAll("vram");
    expect([x.place, y.place]).toEqual(["vram", "tt"]);
  });

  test("throws what the driver throws; what went is gone, the rest is where it was", () => {
    const { device, driver, vram, a, make } = smallDevice();
    const [x, y, z] = [make("x", 1), make("y", 1), make("z", 1)];
    driver.move = ({ bo }) => {
      if (bo === y) throw broken;
    };
    expect(() => device.evictAll("vram")).toThrow(broken);
    expect([x.place, y.place, z.place]).toEqual(["system", "vram", "vram"]);
    expect([device.usedPages("vram"), device.usedPages("system"), a.pool(vram).usage]).toEqual([2, 1, 2 * PAGE]);
  });
});

describe("swapOut", () => {
  function swapping() {
    const small = smallDevice({
      managers: { vram: new CountManager(8), system: new SystemManager(), swap: new CountManager(4) },
      accounted: ["vram", "swap"],
    });
    const [x, y, z] = ["x", "y", "z"].map((name) => small.make(name, 2, { at: ["system"] }));
    return { ...small, x, y, z };
  }

  test("moves the least recently used, until that is enough", () => {
    const { device, moves } = swapping();
    expect(device.swapOut(2 * PAGE, "system", "swap")).toBe(2 * PAGE);
    expect(moves.all.slice(3)).toEqual(["x system -> swap, evicted"]);
    expect(device.swapOut(1, "system", "swap")).toBe(2 * PAGE);
    expect(moves.victims).toEqual(["x", "y"]);
  });

  test("moves nothing for nothing", () => {
    const { device, moves } = swapping();
    expect([device.swapOut(0, "system", "swap"), moves.victims]).toEqual([0, []]);
  });

  test("tells what went where not everything can", () => {
    const { device, a, regions } = swapping();
    expect(device.swapOut(6 * PAGE, "system", "swap")).toBe(4 * PAGE);
    expect([device.usedPages("swap"), a.pool(regions.swap as never).usage]).toEqual([4, 4 * PAGE]);
  });

  test("brings nothing back to make room", () => {
    const { device, moves } = swapping();
    device.swapOut(4 * PAGE, "system", "swap");
    expect(device.swapOut(2 * PAGE, "system", "swap")).toBe(0);
    expect(moves.victims).toEqual(["x", "y"]);
  });

  test("passes over buffers whose owner is over its limit there, and the pinned", () => {
    const { device, a, b, regions, x, moves, make } = swapping();
    a.pool(regions.swap as never).max = 2 * PAGE;
    x?.pin();
    make("b", 2, { at: ["system"], owner: b });
    expect(device.swapOut(8 * PAGE, "system", "swap")).toBe(4 * PAGE);
    expect(moves.victims).toEqual(["y", "b"]);
  });

  test("leaves what is being moved", async () => {
    const held = new HeldMoves();
    const { device, driver, x, moves } = swapping();
    driver.moveAsync = held.start;
    const moving = x?.validateAsync(places("vram"));
    expect(device.swapOut(6 * PAGE, "system", "swap")).toBe(4 * PAGE);
    expect(moves.victims).toEqual(["y", "z"]);
    await held.last.end();
    await moving;
  });

  test("leaves what comes meanwhile", () => {
    const { device, driver, x, y, z, moves, make } = swapping();
    for (const bo of [y, z]) bo?.free();
    driver.move = (move) => {
      moves.note(move);
      if (move.bo === x) make("new", 1, { at: ["system"] });
    };
    device.swapOut(8 * PAGE, "system", "swap");
    expect(moves.victims).toEqual(["x"]);
  });

  test("is over when it ends: the memory tells nobody any more what goes", () => {
    const { device } = swapping();
    device.swapOut(2 * PAGE, "system", "swap");
    device.evictAll("system");
    expect(watchers(device, "system")).toBe(0);
  });

  test.each([
    ["stolen", "swap"],
    ["system", "stolen"],
  ])("refuses to move from %s to %s", (from, to) => {
    expectRefusal(() => swapping().device.swapOut(PAGE, from, to), "EINVAL", '"stolen"');
  });
});
