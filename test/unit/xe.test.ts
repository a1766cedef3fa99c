import { describe, expect, test } from "vitest";
import { Xe, type XeDomain } from "../../src/drivers/index.ts";
import type { Move } from "../../src/ttm/index.ts";
import { expectRefusal } from "./refusal.ts";
import { names, PAGE, smallXe, UNIQUE } from "./small-card.ts";
import { smallDmem } from "./small-dmem.ts";

describe("regions", () => {
  test("are one a tile, and stolen", () => {
    const { dmem } = smallXe();
    expect(dmem.root.read("dmem.capacity")).toBe(
      "drm/0000:03:00.0/vram0 32768\ndrm/0000:03:00.0/vram1 32768\ndrm/0000:03:00.0/stolen 16384\n",
    );
  });

  test("there is none for stolen memory on a card without", () => {
    const { dmem } = smallXe({ stolen: 0 });
    expect(names(dmem.regions)).toEqual(["drm/0000:03:00.0/vram0", "drm/0000:03:00.0/vram1"]);
  });

  test("are found by domain; tt has none", () => {
    const { dmem, xe } = smallXe();
    expect(xe.region("vram1")).toBe(dmem.regions[1]);
    expectRefusal(() => xe.region("tt"), "RangeError", '"tt"', "not accounted");
  });

  test("of two tiles are accounted separately", () => {
    const { xe, a } = smallXe();
    xe.createBuffer({ owner: a, size: 3 * PAGE, domains: ["vram1"] });
    expect(["vram0", "vram1"].map((tile) => a.pool(xe.region(tile as XeDomain)).usage)).toEqual([0, 3 * PAGE]);
  });

  test("a limit on one tile does not hold on the other", () => {
    const { xe, a } = smallXe();
    a.pool(xe.region("vram0")).max = 0;
    expectRefusal(() => xe.createBuffer({ owner: a, size: PAGE, domains: ["vram0"] }), "ENOSPC", "vram0");
    expect(xe.createBuffer({ owner: a, size: PAGE, domains: ["vram0", "vram1"] }).place).toBe("vram1");
  });

  test("two cards are next to each other, by their names", () => {
    const { dmem } = smallXe({ tiles: [{ vram: PAGE }], stolen: 0 });
    smallXe({ unique: "other", tiles: [{ vram: PAGE }], stolen: 0 }, smallDmem());
    using other = new Xe(dmem, { unique: "0000:04:00.0", tiles: [{ vram: PAGE }] });
    expect(names(dmem.regions)).toEqual([`drm/${UNIQUE}/vram0`, other.region("vram0").name]);
  });

  test("of a name that is taken are refused, and none stays behind", () => {
    const dmem = smallDmem();
    dmem.registerRegion(`drm/${UNIQUE}/vram1`, { size: 1 });
    expectRefusal(() => smallXe({}, dmem), "EEXIST", "vram1");
    expect(names(dmem.regions)).toEqual([`drm/${UNIQUE}/vram1`]);
  });
});

describe("placement", () => {
  test("system memory behind VRAM is a fallback: others are evicted first", () => {
    const { xe, a, b } = smallXe();
    const old = xe.createBuffer({ owner: a, size: 8 * PAGE, domains: ["vram0"] });
    expect(xe.createBuffer({ owner: b, size: 8 * PAGE, domains: ["vram0", "tt"] }).place).toBe("vram0");
    expect(old.place).toBe("tt");
  });

  test("the fallback is used if others are protected", () => {
    const { xe, a, b } = smallXe();
    a.pool(xe.region("vram0")).min = 8 * PAGE;
    const kept = xe.createBuffer({ owner: a, size: 8 * PAGE, domains: ["vram0"] });
    expect(xe.createBuffer({ owner: b, size: PAGE, domains: ["vram0", "tt"] }).place).toBe("tt");
    expect(kept.place).toBe("vram0");
  });

  test("without VRAM before it, system memory is a place like any other", () => {
    expect(smallXe().xe.placement({ domains: ["tt", "system"] })).toEqual([{ type: "tt" }, { type: "system" }]);
  });

  test("VRAM and stolen memory are handed out in minimum blocks", () => {
    const { xe, a } = smallXe({ minimumBlock: 4 * PAGE });
    for (const domain of ["vram0", "stolen"] as const) {
      xe.createBuffer({ owner: a, size: PAGE, domains: [domain] });
      expect(xe.device.usedPages(domain)).toBe(4);
    }
  });
});

describe("eviction", () => {
  test("goes to tt, and to system memory once that is full", () => {
    const { xe, a } = smallXe({ tt: 4 * PAGE });
    const first = xe.createBuffer({ owner: a, size: 4 * PAGE, domains: ["vram0"] });
    const second = xe.createBuffer({ owner: a, size: 4 * PAGE, domains: ["vram0"] });
    xe.createBuffer({ owner: a, size: 8 * PAGE, domains: ["vram0"] });
    expect([first.place, second.place]).toEqual(["tt", "system"]);
  });

  test("from tt goes to system memory", () => {
    const { xe, a } = smallXe();
    const bo = xe.createBuffer({ owner: a, size: PAGE, domains: ["tt"] });
    xe.device.evictAll("tt");
    expect(bo.place).toBe("system");
  });

  test("from stolen memory goes to tt", () => {
    const { xe, a } = smallXe();
    const bo = xe.createBuffer({ owner: a, size: PAGE, domains: ["stolen"] });
    xe.device.evictAll("stolen");
    expect(bo.place).toBe("tt");
  });

  test("never goes to stolen memory, nor to another tile", () => {
    const { xe, a } = smallXe({ tt: PAGE });
    const bo = xe.createBuffer({ owner: a, size: 4 * PAGE, domains: ["vram0"] });
    xe.device.evictAll("vram0");
    expect(bo.place).toBe("system");
    expect(["stolen", "vram1"].map((memory) => xe.device.usedPages(memory))).toEqual([0, 0]);
  });

  test("a lowered max evicts", () => {
    const { xe, a } = smallXe();
    const bo = xe.createBuffer({ owner: a, size: 4 * PAGE, domains: ["vram0"] });
    a.write("dmem.max", `drm/${UNIQUE}/vram0 0`);
    expect([bo.place, a.pool(xe.region("vram0")).usage]).toEqual(["tt", 0]);
  });
});

describe("test mode", () => {
  test("accounts mapped system pages instead of VRAM", () => {
    const { dmem, xe, a } = smallXe({ testMode: true, tiles: [], stolen: 0 });
    xe.createBuffer({ owner: a, size: 3 * PAGE, domains: ["tt"] });
    expect(dmem.root.read("dmem.capacity")).toBe(`drm/${UNIQUE}/tt 65536\n`);
    expect(a.read("dmem.current")).toBe(`drm/${UNIQUE}/tt 12288\n`);
  });

  test("gives them to whoever asks for the VRAM of a tile", () => {
    const { xe, a } = smallXe({ testMode: true });
    const bo = xe.createBuffer({ owner: a, size: PAGE, domains: ["vram1"] });
    expect([bo.place, bo.pool?.region, xe.region("vram1")]).toEqual(["tt", xe.region("tt"), xe.region("tt")]);
  });

  test("evicts to system memory, which is not accounted, before the fallback is used", () => {
    const { xe, a, b } = smallXe({ testMode: true });
    const old = xe.createBuffer({ owner: a, size: 16 * PAGE, domains: ["vram0"] });
    expect(xe.createBuffer({ owner: b, size: PAGE, domains: ["vram0", "system"] }).place).toBe("tt");
    expect([old.place, old.pool]).toEqual(["system", null]);
  });

  test("min keeps a buffer there", () => {
    const { xe, a, b } = smallXe({ testMode: true });
    a.pool(xe.region("vram0")).min = 16 * PAGE;
    const kept = xe.createBuffer({ owner: a, size: 16 * PAGE, domains: ["vram0"] });
    expectRefusal(() => xe.createBuffer({ owner: b, size: PAGE, domains: ["vram0"] }), "ENOSPC");
    expect(kept.place).toBe("tt");
  });

  test("stolen memory stays what it is", () => {
    const { xe, a } = smallXe({ testMode: true });
    expect(xe.createBuffer({ owner: a, size: PAGE, domains: ["stolen"] }).place).toBe("stolen");
  });
});

describe("the mover", () => {
  test("carries out moves, as a method of its object", () => {
    const mover = {
      moves: [] as (string | null)[][],
      move({ from, to }: Move) {
        this.moves.push([from, to]);
      },
    };
    const { xe, a } = smallXe({ mover });
    xe.createBuffer({ owner: a, size: PAGE, domains: ["vram0"] });
    xe.device.evictAll("vram0");
    expect(mover.moves).toEqual([
      [null, "vram0"],
      ["vram0", "tt"],
    ]);
  });

  test("may be asynchronous", async () => {
    const moves: unknown[] = [];
    const moveAsync = async ({ from, to }: Move) => void moves.push([from, to]);
    const { xe, a } = smallXe({ mover: { moveAsync } });
    const bo = await xe.createBufferAsync({ owner: a, size: PAGE, domains: ["vram0"] });
    await bo.validateAsync(xe.placement({ domains: ["tt"] }));
    expect(moves).toEqual([
      [null, "vram0"],
      ["vram0", "tt"],
    ]);
    expectRefusal(() => xe.createBuffer({ owner: a, size: PAGE, domains: ["vram0"] }), "EINVAL", "Async");
  });

  test("without it a request that fails leaves no buffer", async () => {
    const { xe, a } = smallXe();
    const hopeless = { owner: a, size: 9 * PAGE, domains: ["vram0"] } as const;
    expectRefusal(() => xe.createBuffer(hopeless), "EINVAL");
    await expect(xe.createBufferAsync(hopeless)).rejects.toMatchObject({ code: "EINVAL" });
    expect(xe.device.buffers).toEqual([]);
  });
});

describe("dispose", () => {
  test("frees the buffers and unregisters the regions", () => {
    const { dmem, xe, a } = smallXe();
    const pool = a.pool(xe.region("vram0"));
    const bo = xe.createBuffer({ owner: a, size: PAGE, domains: ["vram0"] });
    xe.dispose();
    xe.dispose();
    expect([bo.freed, dmem.regions, pool.held]).toEqual([true, [], 0]);
  });

  test("leaves the name to the next card", () => {
    const { dmem, xe } = smallXe();
    xe.dispose();
    using next = new Xe(dmem, { unique: UNIQUE, tiles: [{ vram: PAGE }] });
    xe.dispose();
    expect(dmem.regions).toEqual([next.region("vram0")]);
  });

  test("ends the making of buffers, also where nothing is accounted", () => {
    const { xe, a } = smallXe();
    xe.dispose();
    expectRefusal(() => xe.createBuffer({ owner: a, size: PAGE, domains: ["tt"] }), "ENODEV", "disposed of");
  });
});

describe("refuses", () => {
  test.each(["", "a b", "a\tb", "a/b", "a\n", "a\0"])("%j as a unique name", (unique) => {
    const dmem = smallDmem();
    expectRefusal(() => new Xe(dmem, { unique, tiles: [{ vram: PAGE }] }), "RangeError", JSON.stringify(unique));
    expect(dmem.regions).toEqual([]);
  });

  test("a unique name that is no string", () => {
    const unique = 3 as unknown as string;
    expectRefusal(() => new Xe(smallDmem(), { unique, tiles: [{ vram: PAGE }] }), "TypeError", "not 3");
  });

  test("a card without VRAM, except in test mode", () => {
    expectRefusal(() => smallXe({ tiles: [] }), "RangeError", "at least one tile");
    expectRefusal(() => new Xe(smallDmem(), { unique: UNIQUE }), "RangeError", "at least one tile");
    smallXe({ tiles: [], testMode: true });
  });

  test.each([0, 1, -PAGE, 1.5 * PAGE, Number.NaN, Number.POSITIVE_INFINITY])("%s bytes of VRAM", (vram) => {
    const tiles = [{ vram: PAGE }, { vram }];
    expectRefusal(() => smallXe({ tiles }), "RangeError", "VRAM of tile 1", "whole pages", `${vram}`);
  });

  test.each(["stolen", "tt", "minimumBlock"])("%s that is not whole pages", (option) => {
    expectRefusal(() => smallXe({ [option]: PAGE + 1 }), "RangeError", option, "whole pages", "4097");
  });

  test("a minimum block that does not divide VRAM", () => {
    expectRefusal(() => smallXe({ minimumBlock: 16 * PAGE }), "EINVAL", "minimum block");
  });

  test("a buffer that is not whole pages", () => {
    const { xe, a } = smallXe();
    expectRefusal(() => xe.createBuffer({ owner: a, size: 1, domains: ["vram0"] }), "RangeError", "whole pages");
  });

  test.each(["vram2", "vram", "gtt", "constructor", 7])("the domain %j", (domain) => {
    const { xe, a } = smallXe();
    const domains = [domain as XeDomain];
    const words = ["vram0, vram1, stolen, tt, system", JSON.stringify(domain)];
    expectRefusal(() => xe.createBuffer({ owner: a, size: PAGE, domains }), "RangeError", ...words);
    expect(xe.device.buffers).toEqual([]);
  });

  test("a buffer without domains", () => {
    const { xe, a } = smallXe();
    expectRefusal(() => xe.createBuffer({ owner: a, size: PAGE, domains: [] }), "RangeError", "at least one domain");
    const domains = "vram0" as unknown as XeDomain[];
    expectRefusal(() => xe.createBuffer({ owner: a, size: PAGE, domains }), "TypeError", "array");
  });
});
