import { describe, expect, test } from "vitest";
import { CountManager, SystemManager, TtmDevice } from "../../../src/ttm/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { PAGE, places, smallDevice } from "../../support/small-device.ts";
import { smallDmem } from "../../support/small-dmem.ts";

const driver = { evictionPlacement: () => places("system") };

describe("a new device", () => {
  test("has the memories it was given, all of them free", () => {
    const { device } = smallDevice();
    expect(["vram", "tt", "system"].map((name) => device.usedPages(name))).toEqual([0, 0, 0]);
    expect(device.lru("vram")).toEqual([[], [], [], []]);
    expect([device.buffers, device.unevictable]).toEqual([[], []]);
  });

  test("is refused a region that another device in this thread has, and leaves no trace of itself", () => {
    const dmem = smallDmem();
    const [vram, tt] = [dmem.registerRegion("vram", { size: 1 }), dmem.registerRegion("tt", { size: 1 })];
    const memory = { manager: new CountManager(8) };
    using _ = new TtmDevice({ dmem, memories: { vram: { ...memory, region: vram } }, driver });
    const memories = { tt: { ...memory, region: tt }, vram: { ...memory, region: vram } };
    expectRefusal(() => new TtmDevice({ dmem, memories, driver }), "EBUSY", '"vram"');
    expect(tt.reclaim).toBeUndefined();
  });

  test("is refused a region twice", () => {
    const dmem = smallDmem();
    const region = dmem.registerRegion("vram", { size: 1 });
    const memory = { manager: new CountManager(8), region };
    expectRefusal(() => new TtmDevice({ dmem, memories: { vram: memory, priv: memory }, driver }), "EBUSY", '"vram"');
    expect(region.reclaim).toBeUndefined();
  });

  test("is refused a region whose owner reclaims by itself", () => {
    const dmem = smallDmem();
    const region = dmem.registerRegion("vram", { size: 1, reclaim: () => {} });
    const memories = { vram: { manager: new CountManager(8), region } };
    expectRefusal(() => new TtmDevice({ dmem, memories, driver }), "EBUSY", '"vram"');
  });
});

describe("create", () => {
  test("makes a buffer of whole pages, charged to its owner", () => {
    const { device, vram, a, moves, make } = smallDevice();
    const bo = make("x", 3, { priority: 2 });
    expect(bo).toMatchObject({
      pages: 3,
      size: 3 * PAGE,
      owner: a,
      place: "vram",
      priority: 2,
      pinCount: 0,
      freed: false,
    });
    expect(bo.pool).toBe(a.pool(vram));
    expect([a.pool(vram).usage, device.usedPages("vram")]).toEqual([3 * PAGE, 3]);
    expect(moves.all).toEqual(["x null -> vram"]);
  });

  test("makes a buffer without backing for an empty placement", () => {
    const { moves, make } = smallDevice();
    expect(make("x", 3, { at: [] })).toMatchObject({ place: null, allocation: null, pool: null });
    expect(moves.all).toEqual([]);
  });

  test.each([0, -PAGE, 1, PAGE + 1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "4096", undefined])(
    "refuses a size of %s",
    (size) => {
      const { device, a } = smallDevice();
      const options = { size: size as number, owner: a, placement: places("vram") };
      expectRefusal(() => device.create(options), "RangeError", "whole pages");
      expect(device.buffers).toEqual([]);
    },
  );

  test.each([-1, 4, 0.5, "0"])("refuses priority %j", (priority) => {
    const { device, a } = smallDevice();
    const options = { size: PAGE, owner: a, placement: [], priority: priority as 0 };
    expectRefusal(() => device.create(options), "RangeError", "0, 1, 2 or 3");
  });

  test.each([undefined, null, "/a", {}])("refuses %j as an owner", (owner) => {
    const { device } = smallDevice();
    expectRefusal(() => device.create({ size: PAGE, owner: owner as never, placement: [] }), "TypeError", "cgroup");
  });

  test("refuses an owner of another controller", () => {
    const { make } = smallDevice();
    expectRefusal(() => make("x", 1, { owner: smallDevice().a }), "TypeError", "another controller");
  });

  test.each([undefined, "vram", { type: "vram" }, [null], ["vram"], [{}]])("refuses %j as a placement", (placement) => {
    const { device, a } = smallDevice();
    const options = { size: PAGE, owner: a, placement: placement as never };
    expectRefusal(() => device.create(options), "TypeError", "placement");
    expect(device.buffers).toEqual([]);
  });

  test("that fails leaves no buffer, no charge and no space", () => {
    const { device, vram, a, make } = smallDevice();
    a.pool(vram).max = 2 * PAGE;
    expectRefusal(() => make("x", 3), "ENOSPC", "12 KiB", '"/a"', "vram");
    expect([device.buffers, device.usedPages("vram"), a.pool(vram).usage]).toEqual([[], 0, 0]);
  });

  test("says ENOMEM where the device says so", () => {
    const { vram, a, make } = smallDevice({ noSpace: "ENOMEM" });
    a.pool(vram).max = 2 * PAGE;
    expectRefusal(() => make("x", 5, { at: ["vram", "tt"] }), "ENOMEM", "20 KiB", '"/a"', "vram, tt");
  });
});

test("buffers are listed in order of creation until they are freed", () => {
  const { device, make } = smallDevice();
  const [x, y, z] = [make("x", 1), make("y", 1, { at: [] }), make("z", 1)];
  expect(device.buffers).toEqual([x, y, z]);
  y.free();
  expect(device.buffers).toEqual([x, z]);
});

test.each(["lru", "usedPages", "evictAll"] as const)("%s refuses a memory that the device does not have", (method) => {
  const { device } = smallDevice();
  expectRefusal(() => device[method]("stolen"), "EINVAL", '"stolen"', "vram, tt, system");
});

test("a memory without a region is not accounted", () => {
  const { dmem, a, make } = smallDevice({ accounted: [] });
  expect(make("x", 8).pool).toBeNull();
  expect([dmem.regions, a.read("dmem.current")]).toEqual([[], ""]);
});

test("memory that never runs out is neither charged nor limited", () => {
  const { device, make } = smallDevice({ managers: { system: new SystemManager() }, accounted: [] });
  make("x", 2 ** 30, { at: ["system"] });
  expect(device.usedPages("system")).toBe(2 ** 30);
});
