import { describe, expect, test } from "vitest";
import { CountManager, RangeManager, SystemManager } from "../../../src/ttm/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { PAGE, places, smallDevice } from "../../support/small-device.ts";

describe("a request for more than may be evicted for it", () => {
  test("evicts nothing", () => {
    const { b, moves, make } = smallDevice();
    make("pinned", 4, { owner: b }).pin();
    make("x", 4);
    expectRefusal(() => make("new", 5), "ENOSPC");
    expect(moves.victims).toEqual([]);
  });

  test("evicts all the same in linux-7.3 semantics, and then fails", () => {
    const { a, moves, make } = smallDevice({ semantics: "linux-7.3" });
    make("pinned", 4).pin();
    make("x", 2);
    make("y", 2);
    expectRefusal(() => make("new", 5, { as: a }), "ENOSPC");
    expect(moves.victims).toEqual(["x", "y"]);
  });

  test("for just as much is granted", () => {
    const { moves, make } = smallDevice();
    make("pinned", 4).pin();
    make("x", 4);
    make("new", 4);
    expect(moves.victims).toEqual(["x"]);
  });

  test("falls back without having driven anybody out", () => {
    const { moves, make } = smallDevice();
    make("pinned", 4).pin();
    make("x", 4);
    expect(make("new", 5, { at: ["vram", { type: "system", fallback: true }] }).place).toBe("system");
    expect(moves.victims).toEqual([]);
  });

  test("larger than the memory falls back in linux-7.3 semantics with everybody driven out", () => {
    const { moves, make } = smallDevice({ semantics: "linux-7.3" });
    make("x", 4);
    make("y", 4);
    expect(make("new", 9, { at: ["vram", { type: "system", fallback: true }] }).place).toBe("system");
    expect(moves.victims).toEqual(["x", "y"]);
  });

  test("counts what a limit lacks, further up too", () => {
    const { vram, a, moves, make } = smallDevice();
    const [child, sibling] = [a.mkdir("child"), a.mkdir("sibling")];
    child.pool(vram).max = 3 * PAGE;
    a.pool(vram).max = 5 * PAGE;
    make("sibling", 3, { owner: sibling });
    make("x", 2, { owner: child });
    expectRefusal(() => make("new", 3, { owner: child }), "ENOSPC");
    expect(moves.victims).toEqual([]);
  });

  test("counts what the device lacks also where a limit is hit", () => {
    const { vram, a, b, moves, make } = smallDevice();
    a.pool(vram).max = 5 * PAGE;
    make("other", 5, { owner: b });
    make("x", 3);
    expectRefusal(() => make("new", 4), "ENOSPC");
    expect(moves.victims).toEqual([]);
  });

  test("does not count what is within min elsewhere", () => {
    const { vram, a, b, moves, make } = smallDevice();
    b.pool(vram).min = 4 * PAGE;
    make("protected", 4, { owner: b });
    make("x", 4, { owner: a.mkdir("child") });
    expectRefusal(() => make("new", 5), "ENOSPC");
    expect(moves.victims).toEqual([]);
  });

  test("counts of a pool what is above min once, whatever priorities its buffers have", () => {
    const { vram, b, moves, make } = smallDevice();
    b.pool(vram).min = 6 * PAGE;
    for (const priority of [0, 1, 2, 3] as const) make(`x${priority}`, 2, { owner: b, priority });
    expectRefusal(() => make("new", 3), "ENOSPC");
    expect(moves.victims).toEqual([]);
    make("new", 2);
    expect(moves.victims).toEqual(["x0"]);
  });

  test("counts what is within low, for it may go in the end", () => {
    const { vram, b, moves, make } = smallDevice();
    b.pool(vram).low = 8 * PAGE;
    make("x", 8, { owner: b });
    make("new", 8);
    expect(moves.victims).toEqual(["x"]);
  });

  test("does not count what is within low for a group that evicts only because it is within its own", () => {
    const { vram, a, b, moves, make } = smallDevice();
    a.pool(vram).low = 8 * PAGE;
    b.pool(vram).low = 6 * PAGE;
    make("x", 2, { owner: b });
    make("y", 6, { owner: b });
    const at = ["vram", "system"];
    expect(make("too much", 3, { at }).place).toBe("system");
    expect(moves.victims).toEqual([]);
    expect(make("enough", 2, { at }).place).toBe("vram");
    expect(moves.victims).toEqual(["x"]);
  });

  test("lacks no more than the device does where no limit is hit", () => {
    const { vram, a, b, moves, make } = smallDevice();
    a.pool(vram).max = 4 * PAGE;
    make("own", 2).pin();
    make("pinned", 4, { owner: b }).pin();
    make("x", 1, { owner: b });
    expect(make("new", 2).place).toBe("vram");
    expect(moves.victims).toEqual(["x"]);
  });

  test("counts only what is in its window", () => {
    const managers = { vram: new RangeManager(8), system: new SystemManager() };
    const { moves, make } = smallDevice({ managers });
    make("pinned", 3).pin();
    make("x", 1);
    make("y", 4);
    expectRefusal(() => make("new", 2, { at: [{ type: "vram", end: 4 }] }), "ENOSPC");
    expect(moves.victims).toEqual([]);
  });

  test("does not count itself where it has to move within the memory", () => {
    const managers = { vram: new RangeManager(8), system: new SystemManager() };
    const { moves, make } = smallDevice({ managers });
    const bo = make("x", 4);
    make("y", 2);
    make("pinned", 2).pin();
    expectRefusal(() => bo.validate(places({ type: "vram", first: 2 })), "ENOSPC");
    expect(moves.victims).toEqual([]);
  });

  test("does not count its own group's where that evicts only because it is within its low", () => {
    const { vram, a, b, moves, make } = smallDevice();
    a.pool(vram).low = 8 * PAGE;
    make("own", 5);
    make("x", 2, { owner: b });
    make("pinned", 1, { owner: b }).pin();
    expect(make("new", 3, { at: ["vram", "system"] }).place).toBe("system");
    expect(moves.victims).toEqual([]);
  });

  test("larger than its window evicts nothing in it", () => {
    const { driver, moves, make } = smallDevice({
      managers: { vram: new RangeManager(8), tt: new RangeManager(8), system: new SystemManager() },
    });
    make("x", 8, { at: ["tt"] });
    make("y", 8);
    driver.evictionPlacement = () => places({ type: "tt", first: 0, end: 4 }, "system");
    make("new", 8);
    expect(moves.victims).toEqual(["y"]);
  });
});

test("fragments are left out of account: what does not make one hole has gone in vain", () => {
  const { moves, make } = smallDevice({ managers: { vram: new RangeManager(8), system: new SystemManager() } });
  const names = ["p", "x", "q", "y"];
  for (const bo of names.map((name) => make(name, 2)).filter((_, index) => index % 2 === 0)) bo.pin();
  expectRefusal(() => make("new", 3), "ENOSPC");
  expect(moves.victims).toEqual(["x", "y"]);
});

test("a victim that has nowhere to go evicts nothing further down", () => {
  const { moves, make } = smallDevice({
    managers: { vram: new CountManager(8), tt: new CountManager(4) },
    driver: { evictionPlacement: ({ place }) => places(place === "vram" ? "tt" : "") },
  });
  make("x", 4, { at: ["tt"] });
  make("y", 8);
  expectRefusal(() => make("new", 1), "ENOSPC");
  expect(moves.victims).toEqual([]);
});
