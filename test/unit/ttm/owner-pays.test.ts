import { describe, expect, test } from "vitest";
import { CountManager, SystemManager } from "../../../src/ttm/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { PAGE, places, smallDevice } from "../../support/small-device.ts";

const BELOW: Readonly<Record<string, string>> = { vram: "tt", tt: "system", system: "swap" };

/** A device all of whose memories are accounted, with a swap file of 4 pages at the bottom. */
function accounted(semantics: "intended" | "linux-7.3") {
  const small = smallDevice({
    semantics,
    capacity: { regions: 4, pools: 64 },
    managers: {
      vram: new CountManager(8),
      tt: new CountManager(8),
      system: new SystemManager(),
      swap: new CountManager(4),
    },
    accounted: ["vram", "tt", "system", "swap"],
    driver: { evictionPlacement: ({ place }) => places(BELOW[place ?? ""] ?? "") },
  });
  const usage = (group: "a" | "b") => {
    return Object.fromEntries(
      small.dmem.regions.map((region) => [region.name, small[group].pool(region).usage / PAGE]),
    );
  };
  return { ...small, usage };
}

describe("in intended semantics", () => {
  test("an evicted buffer is charged to its owner where it goes", () => {
    const { b, usage, make } = accounted("intended");
    make("x", 8);
    make("new", 8, { owner: b, as: b });
    expect([usage("a"), usage("b")]).toEqual([
      { vram: 0, tt: 8, system: 0, swap: 0 },
      { vram: 8, tt: 0, system: 0, swap: 0 },
    ]);
  });

  test.each([
    [["tt"], "system"],
    [["tt", "system"], "swap"],
  ])("over the owner's limit in %s it goes to %s", (full, place) => {
    const { regions, a, b, moves, make } = accounted("intended");
    for (const name of full) a.pool(regions[name] as never).max = 0;
    const x = make("x", 4);
    make("new", 8, { owner: b });
    expect([x.place, moves.all.slice(1)]).toEqual([place, [`x vram -> ${place}, evicted`, "new null -> vram"]]);
  });

  test("over its limits everywhere it stays, and the next one has to go", () => {
    const { regions, a, b, moves, make } = accounted("intended");
    for (const name of ["tt", "system", "swap"]) a.pool(regions[name] as never).max = 0;
    const x = make("x", 4);
    make("y", 4, { owner: b });
    make("new", 4, { owner: b });
    expect([x.place, moves.victims]).toEqual(["vram", ["y"]]);
  });

  test("memory that never runs out is never made free, not even for a group at its limit there", () => {
    const { regions, a, moves, make } = accounted("intended");
    a.pool(regions.system as never).max = 2 * PAGE;
    make("x", 2, { at: ["system"] });
    expectRefusal(() => make("new", 1, { at: ["system"] }), "ENOSPC");
    expect(moves.victims).toEqual([]);
  });

  test("the evictor's limit where the buffer goes does not matter", () => {
    const { regions, b, make } = accounted("intended");
    b.pool(regions.tt as never).max = 0;
    const x = make("x", 8);
    make("new", 8, { owner: b, as: b });
    expect(x.place).toBe("tt");
  });

  test("never goes back up", () => {
    const { dmem, regions, a, moves, make } = accounted("intended");
    for (const name of ["system", "swap"]) a.pool(regions[name] as never).max = 0;
    make("x", 8, { at: ["tt"] });
    expectRefusal(() => make("new", 1, { owner: dmem.root, at: ["tt"] }), "ENOSPC");
    expect(moves.victims).toEqual([]);
  });

  test("whoever asks does not pay: the owner does", () => {
    const { a, b, usage, make } = accounted("intended");
    make("x", 2, { owner: a, as: b });
    expect([usage("a").vram, usage("b").vram]).toEqual([2, 0]);
  });

  test("the buffers of a removed group are paid for further up", () => {
    const { dmem, regions, a, b, make } = accounted("intended");
    const child = a.mkdir("child");
    const x = make("x", 8, { owner: child });
    child.rmdir();
    make("new", 8, { owner: b });
    expect([x.place, x.pool]).toEqual(["tt", a.pool(regions.tt as never)]);
    expect(dmem.root.pool(regions.vram as never).usage).toBe(8 * PAGE);
  });
});

describe("in linux-7.3 semantics", () => {
  test("an evicted buffer is charged to whoever evicts, and accounted for there from then on", () => {
    const { b, usage, make } = accounted("linux-7.3");
    make("x", 8);
    make("new", 8, { owner: b, as: b });
    expect([usage("a"), usage("b")]).toEqual([
      { vram: 0, tt: 0, system: 0, swap: 0 },
      { vram: 8, tt: 8, system: 0, swap: 0 },
    ]);
  });

  test("over the evictor's limit there it stays, unless the driver knows another place", () => {
    const { driver, regions, b, make } = accounted("linux-7.3");
    b.pool(regions.tt as never).max = 0;
    const x = make("x", 8);
    expectRefusal(() => make("new", 8, { owner: b, as: b }), "ENOSPC");
    driver.evictionPlacement = () => places("tt", "system");
    make("new", 8, { owner: b, as: b });
    expect(x.place).toBe("system");
  });

  test("whoever asks pays, not the owner", () => {
    const { a, b, usage, make } = accounted("linux-7.3");
    make("x", 2, { owner: a, as: b });
    expect([usage("a").vram, usage("b").vram]).toEqual([0, 2]);
  });

  test("a write to max has the root pay for what it evicts", () => {
    const { dmem, regions, a, usage, make } = accounted("linux-7.3");
    make("x", 8);
    a.pool(regions.vram as never).max = 0;
    expect([usage("a").tt, dmem.root.pool(regions.tt as never).usage]).toEqual([0, 8 * PAGE]);
  });
});
