import { expect, test } from "vitest";
import { Xe, type XeDomain } from "../../../src/drivers/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { PAGE, smallXe, UNIQUE } from "../../support/small-card.ts";
import { smallDmem } from "../../support/small-dmem.ts";

test.each(["", "a b", "a\tb", "a/b", "a\n", "a\0"])("refuses %j as a unique name", (unique) => {
  const dmem = smallDmem();
  expectRefusal(() => new Xe(dmem, { unique, tiles: [{ vram: PAGE }] }), "RangeError", JSON.stringify(unique));
  expect(dmem.regions).toEqual([]);
});

test("refuses a unique name that is no string", () => {
  const unique = 3 as unknown as string;
  expectRefusal(() => new Xe(smallDmem(), { unique, tiles: [{ vram: PAGE }] }), "TypeError", "not 3");
});

test("refuses a card without VRAM, except in test mode", () => {
  expectRefusal(() => smallXe({ tiles: [] }), "RangeError", "at least one tile");
  expectRefusal(() => new Xe(smallDmem(), { unique: UNIQUE }), "RangeError", "at least one tile");
  smallXe({ tiles: [], testMode: true });
});

test.each([0, 1, -PAGE, 1.5 * PAGE, Number.NaN, Number.POSITIVE_INFINITY])("refuses %s bytes of VRAM", (vram) => {
  const tiles = [{ vram: PAGE }, { vram }];
  expectRefusal(() => smallXe({ tiles }), "RangeError", "VRAM of tile 1", "whole pages", `${vram}`);
});

test.each(["stolen", "tt", "minimumBlock"])("refuses %s that is not whole pages", (option) => {
  expectRefusal(() => smallXe({ [option]: PAGE + 1 }), "RangeError", option, "whole pages", "4097");
});

test("refuses a minimum block that does not divide VRAM", () => {
  expectRefusal(() => smallXe({ minimumBlock: 16 * PAGE }), "EINVAL", "minimum block");
});

test("refuses a buffer that is not whole pages", () => {
  const { xe, a } = smallXe();
  expectRefusal(() => xe.createBuffer({ owner: a, size: 1, domains: ["vram0"] }), "RangeError", "whole pages");
});

test.each(["vram2", "vram", "gtt", "constructor", 7])("refuses the domain %j", (domain) => {
  const { xe, a } = smallXe();
  const domains = [domain as XeDomain];
  const words = ["vram0, vram1, stolen, tt, system", JSON.stringify(domain)];
  expectRefusal(() => xe.createBuffer({ owner: a, size: PAGE, domains }), "RangeError", ...words);
  expect(xe.device.buffers).toEqual([]);
});

test("refuses a buffer without domains", () => {
  const { xe, a } = smallXe();
  expectRefusal(() => xe.createBuffer({ owner: a, size: PAGE, domains: [] }), "RangeError", "at least one domain");
  const domains = "vram0" as unknown as XeDomain[];
  expectRefusal(() => xe.createBuffer({ owner: a, size: PAGE, domains }), "TypeError", "array");
});
