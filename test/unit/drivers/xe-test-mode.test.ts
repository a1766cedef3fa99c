import { expect, test } from "vitest";
import { expectRefusal } from "../../support/refusal.ts";
import { PAGE, smallXe, UNIQUE } from "../../support/small-card.ts";

test("test mode accounts mapped system pages instead of VRAM", () => {
  const { dmem, xe, a } = smallXe({ testMode: true, tiles: [], stolen: 0 });
  xe.createBuffer({ owner: a, size: 3 * PAGE, domains: ["tt"] });
  expect(dmem.root.read("dmem.capacity")).toBe(`drm/${UNIQUE}/tt 65536\n`);
  expect(a.read("dmem.current")).toBe(`drm/${UNIQUE}/tt 12288\n`);
});

test("it gives them to whoever asks for the VRAM of a tile", () => {
  const { xe, a } = smallXe({ testMode: true });
  const bo = xe.createBuffer({ owner: a, size: PAGE, domains: ["vram1"] });
  expect([bo.place, bo.pool?.region, xe.region("vram1")]).toEqual(["tt", xe.region("tt"), xe.region("tt")]);
});

test("it evicts to system memory, which is not accounted, before the fallback is used", () => {
  const { xe, a, b } = smallXe({ testMode: true });
  const old = xe.createBuffer({ owner: a, size: 16 * PAGE, domains: ["vram0"] });
  expect(xe.createBuffer({ owner: b, size: PAGE, domains: ["vram0", "system"] }).place).toBe("tt");
  expect([old.place, old.pool]).toEqual(["system", null]);
});

test("min keeps a buffer in tt", () => {
  const { xe, a, b } = smallXe({ testMode: true });
  a.pool(xe.region("vram0")).min = 16 * PAGE;
  const kept = xe.createBuffer({ owner: a, size: 16 * PAGE, domains: ["vram0"] });
  expectRefusal(() => xe.createBuffer({ owner: b, size: PAGE, domains: ["vram0"] }), "ENOSPC");
  expect(kept.place).toBe("tt");
});

test("stolen memory stays what it is in test mode", () => {
  const { xe, a } = smallXe({ testMode: true });
  expect(xe.createBuffer({ owner: a, size: PAGE, domains: ["stolen"] }).place).toBe("stolen");
});
