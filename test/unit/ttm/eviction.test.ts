import { describe, expect, test } from "vitest";
import { RangeManager, SystemManager } from "../../../src/ttm/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { PAGE, places, smallDevice } from "../../support/small-device.ts";
import { failMoves } from "./failing-moves.ts";

describe("who has to go", () => {
  test("the least recently used, as many as it takes", () => {
    const { moves, make } = smallDevice();
    for (const name of ["w", "x", "y", "z"]) make(name, 2);
    make("new", 3);
    expect(moves.victims).toEqual(["w", "x"]);
  });

  test("nobody while there is room", () => {
    const { moves, make } = smallDevice();
    make("x", 4);
    make("y", 4);
    expect(moves.victims).toEqual([]);
  });

  test("lower priorities first, each from the oldest", () => {
    const { moves, make } = smallDevice();
    make("w", 2, { priority: 3 });
    make("x", 2, { priority: 1 });
    make("y", 2, { priority: 1 });
    make("z", 2);
    make("new", 7);
    expect(moves.victims).toEqual(["z", "x", "y", "w"]);
  });

  test("from a memory that nobody accounts, too", () => {
    const { moves, make } = smallDevice();
    for (const name of ["x", "y"]) make(name, 2, { at: ["tt"] });
    make("new", 4, { at: ["tt"] });
    expect(moves.victims).toEqual(["x", "y"]);
  });

  test("never the pinned", () => {
    const { moves, make } = smallDevice();
    make("x", 4).pin();
    make("y", 4);
    make("new", 4);
    expect(moves.victims).toEqual(["y"]);
    expectRefusal(() => make("more", 5), "ENOSPC");
  });

  test("never the one that wants room", () => {
    const { moves, make } = smallDevice();
    const x = make("x", 4);
    make("y", 4, { at: ["tt"] });
    x.validate(places("tt"));
    expect(moves.all.slice(2)).toEqual(["y tt -> system, evicted", "x vram -> tt"]);
  });

  test("only those in the window", () => {
    const { moves, make } = smallDevice({ managers: { vram: new RangeManager(8), system: new SystemManager() } });
    for (const name of ["w", "x", "y", "z"]) make(name, 2);
    expect(make("new", 2, { at: [{ type: "vram", first: 4, end: 6 }] }).allocation?.start).toBe(4);
    expect(moves.victims).toEqual(["y"]);
  });

  test("also those whose going does not make one hole of it, until there is one", () => {
    const { moves, make } = smallDevice({ managers: { vram: new RangeManager(8), system: new SystemManager() } });
    const [w] = ["w", "x", "y", "z"].map((name) => make(name, 2));
    w?.touch();
    make("new", 4);
    expect(moves.victims).toEqual(["x", "y"]);
  });
});

describe("where it goes", () => {
  test("the driver says", () => {
    const { moves, make } = smallDevice({ driver: { evictionPlacement: () => places("tt") } });
    const x = make("x", 4);
    make("new", 8);
    expect([x.place, moves.all.at(-2)]).toEqual(["tt", "x vram -> tt, evicted"]);
  });

  test("an empty placement has its contents given up", () => {
    const { vram, a, moves, make } = smallDevice({ driver: { evictionPlacement: () => [] } });
    const x = make("x", 4);
    make("new", 8);
    expect([x.place, x.pool, x.freed, a.pool(vram).usage]).toEqual([null, null, false, 8 * PAGE]);
    expect(moves.all.at(-2)).toBe("x vram -> null, evicted");
  });

  test("a discardable buffer is given up without asking the driver", () => {
    const { moves, make } = smallDevice();
    const x = make("x", 4);
    x.discardable = true;
    make("new", 8);
    expect([x.place, moves.all.at(-2)]).toEqual([null, "x vram -> null, evicted"]);
  });

  test("others have to go from there in turn", () => {
    const { moves, make } = smallDevice({
      driver: { evictionPlacement: ({ place }) => places(place === "vram" ? "tt" : "system") },
    });
    make("x", 4, { at: ["tt"] });
    make("y", 8);
    expectRefusal(() => make("too much", 8, { at: ["tt"] }), "EINVAL");
    make("z", 4);
    expect(moves.all.slice(2)).toEqual(["y vram -> system, evicted", "z null -> vram"]);
  });

  test("from a memory that is full in turn, and so on", () => {
    const { moves, make } = smallDevice({
      driver: { evictionPlacement: ({ place }) => places(place === "vram" ? "tt" : "system") },
    });
    make("x", 4, { at: ["tt"] });
    make("y", 4);
    make("z", 8);
    expect(moves.all.slice(2)).toEqual(["x tt -> system, evicted", "y vram -> tt, evicted", "z null -> vram"]);
  });
});

describe("a move that fails", () => {
  const broken = new Error("the engine is on fire");

  test("of the buffer itself: the error comes through, and everything is as it was", () => {
    const { device, driver, vram, a, make } = smallDevice();
    const bo = make("x", 2, { at: ["system"] });
    driver.move = () => {
      throw broken;
    };
    expect(() => bo.validate(places("vram"))).toThrow(broken);
    expect([bo.place, device.usedPages("vram"), device.usedPages("system"), a.pool(vram).usage]).toEqual([
      "system",
      0,
      2,
      0,
    ]);
    expect(device.lru("vram").flat()).toEqual([]);
    expect(() => make("y", 1)).toThrow(broken);
    expect(device.buffers).toEqual([bo]);
  });

  test("of a victim: it stays, and the next one goes", () => {
    const { device, driver, vram, a, moves, make } = smallDevice();
    const [x, y] = [make("x", 4), make("y", 4)];
    driver.move = (move) => {
      if (move.bo === x) throw broken;
      moves.note(move);
    };
    make("new", 4);
    expect([x.place, y.place, moves.victims]).toEqual(["vram", "system", ["y"]]);
    expect([device.usedPages("system"), a.pool(vram).usage]).toEqual([4, 8 * PAGE]);
  });

  test("of all victims: the request is refused, and nothing has moved", () => {
    const { device, driver, vram, a, make } = smallDevice();
    const [x, y] = [make("x", 4), make("y", 4)];
    driver.move = () => {
      throw broken;
    };
    expectRefusal(() => make("new", 4), "ENOSPC");
    expect([device.buffers, device.lru("vram")[0]]).toEqual([
      [x, y],
      [x, y],
    ]);
    expect([device.usedPages("vram"), device.usedPages("system"), a.pool(vram).usage]).toEqual([8, 0, 8 * PAGE]);
  });

  test("of a victim once: a ticket has it tried again", () => {
    const small = smallDevice();
    const { moves, make } = small;
    make("x", 3).pin();
    const [y] = [make("y", 2), make("z", 3)];
    failMoves(small, [y, 1]);
    make("new", 5, { ticket: true });
    expect(moves.victims).toEqual(["z", "y"]);
  });

  test("of a victim once: without a ticket the request is refused", () => {
    const small = smallDevice();
    const { moves, make } = small;
    make("x", 3).pin();
    const [y] = [make("y", 2), make("z", 3)];
    failMoves(small, [y, 1]);
    expectRefusal(() => make("new", 5), "ENOSPC");
    expect(moves.victims).toEqual(["z"]);
  });

  test("of all victims each time: the request is refused with a ticket, too", () => {
    const { driver, make } = smallDevice();
    make("x", 8);
    driver.move = () => {
      throw broken;
    };
    expectRefusal(() => make("new", 4, { ticket: true }), "ENOSPC");
  });

  test("of a victim within low once: a ticket has it tried again", () => {
    const small = smallDevice();
    const { vram, a, b, make } = small;
    const x = make("x", 8);
    a.pool(vram).low = 8 * PAGE;
    failMoves(small, [x, 1]);
    make("new", 8, { owner: b, ticket: true });
    expect(x.place).toBe("system");
  });

  test("because the driver does not know where it should go is one, too", () => {
    const { driver, make } = smallDevice();
    const x = make("x", 8);
    driver.evictionPlacement = () => {
      throw broken;
    };
    expectRefusal(() => make("new", 1), "ENOSPC");
    expect(x.place).toBe("vram");
  });
});
