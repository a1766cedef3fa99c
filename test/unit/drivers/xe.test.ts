import { describe, expect, test } from "vitest";
import { Xe, type XeDomain } from "../../../src/drivers/index.ts";
import { Contents, type Move } from "../../../src/ttm/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { names, PAGE, smallXe, UNIQUE } from "../../support/small-card.ts";
import { smallDmem } from "../../support/small-dmem.ts";

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

test("in the RFC's form of the files a card is one line", () => {
  const { dmem } = smallXe({}, smallDmem({ controller: "drm" }));
  const capacity = "0000:03:00.0 region.vram0=32768 region.vram1=32768 region.stolen=16384\n";
  expect(dmem.root.read("drm.capacity")).toBe(capacity);
});

test.each(["intended", "linux-7.3"] as const)("with semantics %s, min is kept within a group", (semantics) => {
  const { xe, a } = smallXe({}, smallDmem({ semantics }));
  const [job, other] = [a.mkdir("job"), a.mkdir("other")];
  for (const group of [a, job]) group.pool(xe.region("vram0")).min = 4 * PAGE;
  const kept = xe.createBuffer({ owner: job, size: 4 * PAGE, domains: ["vram0"] });
  const rest = Array.from({ length: 4 }, () => xe.createBuffer({ owner: other, size: 2 * PAGE, domains: ["vram0"] }));
  expect([kept, ...rest].map(({ place }) => place)).toEqual(["vram0", "tt", "tt", "vram0", "vram0"]);
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

  test("may be contents that this process keeps", () => {
    const contents = new Contents();
    const { xe, a } = smallXe({ mover: contents });
    const bo = xe.createBuffer({ owner: a, size: PAGE, domains: ["vram0"] });
    contents.of(bo).fill(7);
    xe.device.evictAll("vram0");
    expect([bo.place, contents.of(bo)[0]]).toEqual(["tt", 7]);
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
