import { describe, expect, test } from "vitest";
import { CountManager, TtmDevice } from "../../../src/ttm/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { PAGE, places, smallDevice } from "../../support/small-device.ts";
import { HeldMoves } from "./held-moves.ts";

test("dispose frees and uncharges all buffers, pinned ones too", () => {
  const { device, vram, a, b, make } = smallDevice();
  const buffers = [
    make("x", 3),
    make("y", 2, { owner: b }),
    make("z", 1, { at: ["system"] }),
    make("w", 1, { at: [] }),
  ];
  buffers[0]?.pin();
  device.dispose();
  expect(buffers.map(({ freed, place }) => [freed, place])).toEqual(Array(4).fill([true, null]));
  expect([a.pool(vram).usage, b.pool(vram).usage, device.usedPages("vram")]).toEqual([0, 0, 0]);
  expect([device.buffers, device.unevictable]).toEqual([[], []]);
});

test("a device that is used gives everything back at the end of the block", () => {
  const { dmem, device, vram, a, make } = smallDevice();
  {
    using _ = device;
    make("x", 3);
  }
  expect([dmem.root.pool(vram).usage, a.pool(vram).held]).toEqual([0, 0]);
});

test("a device that was disposed of makes no more buffers", async () => {
  const { device, a } = smallDevice();
  device.dispose();
  const options = { size: PAGE, owner: a, placement: places("vram") };
  expectRefusal(() => device.create(options), "ENODEV", "disposed");
  await expect(device.createAsync(options)).rejects.toMatchObject({ code: "ENODEV" });
});

test("a region that a device gave up can be had by another, which the first leaves alone from then on", () => {
  const { dmem, device, driver, vram, a } = smallDevice();
  device.dispose();
  using next = new TtmDevice({ dmem, memories: { vram: { manager: new CountManager(8), region: vram } }, driver });
  device.dispose();
  next.create({ size: 4 * PAGE, owner: a, placement: places("vram") });
  driver.evictionPlacement = () => [];
  a.pool(vram).max = 0;
  expect(a.pool(vram).usage).toBe(0);
});

test("lowering max after dispose asks nobody", () => {
  const { device, vram, a, make } = smallDevice();
  make("x", 4);
  device.dispose();
  a.pool(vram).charge(4 * PAGE);
  a.pool(vram).max = 0;
  expect(a.pool(vram).usage).toBe(4 * PAGE);
});

test("a buffer whose move is under way when its device is disposed of is not to be had", async () => {
  const held = new HeldMoves();
  const { dmem, device, vram, a } = smallDevice({ driver: { moveAsync: held.start } });
  const creating = device.createAsync({ size: PAGE, owner: a, placement: places("vram") });
  device.dispose();
  await Promise.all([held.last.end(), expect(creating).rejects.toMatchObject({ code: "ENODEV" })]);
  expect([dmem.root.pool(vram).usage, device.usedPages("vram"), device.buffers]).toEqual([0, 0, []]);
});

test("whoever waits for a buffer when its device is disposed of is told", async () => {
  const held = new HeldMoves();
  const { device, make } = smallDevice({ driver: { moveAsync: held.start } });
  const bo = make("x", 1);
  const moving = bo.validateAsync(places("tt"));
  const waiting = bo.validateAsync(places("system"));
  device.dispose();
  await Promise.all([
    held.last.end(),
    expect(moving).rejects.toMatchObject({ code: "ENODEV" }),
    expect(waiting).rejects.toMatchObject({ code: "EINVAL" }),
  ]);
  expect([device.usedPages("vram"), device.usedPages("tt"), held.all.length]).toEqual([0, 0, 1]);
});

test("a device that outlives its controller can be disposed of: its charges went with that", () => {
  const { dmem, device, vram, make } = smallDevice();
  const buffers = [make("x", 1), make("y", 2)];
  dmem.dispose();
  device.dispose();
  expect(buffers.map(({ freed, place }) => [freed, place])).toEqual(Array(2).fill([true, null]));
  expect([device.buffers, device.usedPages("vram"), vram.reclaim]).toEqual([[], 0, undefined]);
});

test("a buffer that outlives its controller can be freed", () => {
  const { dmem, device, make } = smallDevice();
  const bo = make("x", 1);
  dmem.dispose();
  bo.free();
  expect([bo.freed, bo.place, device.buffers, device.usedPages("vram")]).toEqual([true, null, [], 0]);
});

describe("a device whose region was unregistered", () => {
  function unregistered() {
    const small = smallDevice();
    const bo = small.make("x", 8);
    small.vram.unregister();
    return { ...small, bo };
  }

  test("has no room there, and says why", () => {
    const { device, bo, make } = unregistered();
    expectRefusal(() => make("y", 1), "ENODEV", '"vram"', "unregistered");
    expectRefusal(() => make("y", 1, { at: ["vram", "system"] }), "ENODEV", "unregistered");
    expect(device.buffers).toEqual([bo]);
  });

  test("still evicts and frees what is there", () => {
    const { device, bo } = unregistered();
    device.evictAll("vram");
    expect([bo.place, bo.pool, device.usedPages("vram")]).toEqual(["system", null, 0]);
    bo.free();
  });
});
