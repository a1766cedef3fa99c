import { describe, expect, test } from "vitest";
import { expectRefusal } from "../../support/refusal.ts";
import { places, smallDevice } from "../../support/small-device.ts";
import { HeldMoves } from "./held-moves.ts";

describe("becomes the most recently used", () => {
  const three = () => {
    const small = smallDevice();
    const [x, y, z] = [small.make("x", 1), small.make("y", 1, { owner: small.b }), small.make("z", 1)];
    return { ...small, x, y, z };
  };

  test("a new buffer, after those that were there before, whoever they belong to", () => {
    const { device, x, y, z } = three();
    expect(device.lru("vram")[0]).toEqual([x, y, z]);
  });

  test("a buffer that is touched", () => {
    const { device, x, y, z } = three();
    x.touch();
    expect(device.lru("vram")[0]).toEqual([y, z, x]);
  });

  test("a buffer that is validated where it is", () => {
    const { device, x, y, z } = three();
    y.validate(places("vram"));
    expect(device.lru("vram")[0]).toEqual([x, z, y]);
  });

  test("a buffer that could not be validated", () => {
    const { device, x, y, z } = three();
    expectRefusal(() => x.validate(places("stolen")), "EINVAL");
    expect(device.lru("vram")[0]).toEqual([y, z, x]);
  });

  test("a buffer whose asynchronous validate is over, well or not", async () => {
    const held = new HeldMoves();
    const { device, driver, x, y, z } = three();
    driver.moveAsync = held.start;
    const moving = x.validateAsync(places("tt"));
    y.touch();
    await Promise.all([held.last.fail(new Error("no")), expect(moving).rejects.toThrow("no")]);
    expect(device.lru("vram")[0]).toEqual([z, y, x]);
  });

  test("a buffer that came here, and nothing of it stays where it was", () => {
    const { device, make, x, y, z } = three();
    const there = make("there", 1, { at: ["tt"] });
    y.validate(places("tt"));
    expect([device.lru("vram")[0], device.lru("tt")[0]]).toEqual([
      [x, z],
      [there, y],
    ]);
  });

  test("a pinned buffer among the pinned", () => {
    const { device, x, y, z } = three();
    for (const bo of [x, y, z]) bo.pin();
    x.touch();
    expect(device.unevictable).toEqual([y, z, x]);
  });

  test("pinned buffers, wherever they are", () => {
    const { device, make, x, y } = three();
    const there = make("there", 1, { at: ["tt"] });
    for (const bo of [there, x, y]) bo.pin();
    x.touch();
    expect(device.unevictable).toEqual([there, y, x]);
  });

  test("no buffer that is only looked at", () => {
    const { device, x, y, z } = three();
    for (const { place, pool, allocation } of device.buffers)
      expect([place, pool?.usage, allocation?.pages]).toBeDefined();
    expect(device.lru("vram")[0]).toEqual([x, y, z]);
  });
});

describe("moveToTail", () => {
  test("makes buffers the most recently used, in the order in which they are given", () => {
    const { device, make } = smallDevice();
    const [w, x, y, z] = [make("w", 1), make("x", 1), make("y", 1), make("z", 1)];
    device.moveToTail([y, w]);
    expect(device.lru("vram")[0]).toEqual([x, z, y, w]);
  });

  test("takes buffers of several priorities and memories, without a place too", () => {
    const { device, make } = smallDevice();
    const [x, y, nowhere] = [make("x", 1), make("y", 1, { priority: 1 }), make("nowhere", 1, { at: [] })];
    const [older, younger] = [make("older", 1, { at: ["tt"] }), make("younger", 1, { at: ["tt"] })];
    device.moveToTail(new Set([y, older, nowhere, x]));
    expect(device.lru("vram").slice(0, 2)).toEqual([[x], [y]]);
    expect(device.lru("tt")[0]).toEqual([younger, older]);
  });

  test("moves none if one of them was freed", () => {
    const { device, make } = smallDevice();
    const [x, y, z] = [make("x", 1), make("y", 1), make("z", 1)];
    z.free();
    expectRefusal(() => device.moveToTail([x, z]), "EINVAL", "was freed");
    expect(device.lru("vram")[0]).toEqual([x, y]);
  });
});

test("there are lists only for as long as there is something in them", () => {
  const { device, b, make } = smallDevice();
  const [x, y] = [make("x", 1), make("y", 1, { owner: b })];
  const lists = () => Array.from(device.type("vram")?.lru.lists(0) ?? [], ({ first }) => first?.bo);
  expect(lists()).toEqual([x, y]);
  x.free();
  y.pin();
  expect(lists()).toEqual([]);
});
