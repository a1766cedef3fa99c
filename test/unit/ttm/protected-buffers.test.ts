import { describe, expect, test } from "vitest";
import type { Semantics } from "../../../src/index.ts";
import { CountManager, SystemManager } from "../../../src/ttm/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { PAGE, smallDevice } from "../../support/small-device.ts";

const BOTH: readonly Semantics[] = ["intended", "linux-7.3"];

/**
 * The groups `/g/c` and `/g/d`: what they do to each other is the same in both semantics. `/g` has protection to give.
 */
function nested(semantics: Semantics, protection: "min" | "low") {
  const small = smallDevice({ semantics });
  const g = small.dmem.root.mkdir("g");
  g.pool(small.vram)[protection] = 8 * PAGE;
  return { ...small, g, c: g.mkdir("c"), d: g.mkdir("d") };
}

describe.each(BOTH)("in %s semantics", (semantics) => {
  test("what is within min is never evicted for a sibling", () => {
    const { moves, vram, c, d, make } = nested(semantics, "min");
    c.pool(vram).min = 4 * PAGE;
    make("protected", 4, { owner: c, as: c });
    make("free", 4, { owner: d, as: d });
    make("new", 4, { owner: d, as: d });
    expect(moves.victims).toEqual(["free"]);
    make("pinned", 4, { owner: d, as: d }).pin();
    expectRefusal(() => make("more", 4, { owner: d, as: d }), "ENOSPC");
    expect(moves.victims).toEqual(["free", "new"]);
  });

  test("one byte above min it may go", () => {
    const { moves, vram, c, d, make } = nested(semantics, "min");
    c.pool(vram).min = 4 * PAGE - 1;
    make("x", 4, { owner: c, as: c });
    make("y", 4, { owner: d, as: d });
    make("new", 4, { owner: d, as: d });
    expect(moves.victims).toEqual(["x"]);
  });

  test("what is within low goes only when nothing else is left", () => {
    const { moves, vram, c, d, make } = nested(semantics, "low");
    c.pool(vram).low = 4 * PAGE;
    make("protected", 4, { owner: c, as: c });
    make("free", 4, { owner: d, as: d });
    make("new", 8, { owner: d, as: d });
    expect(moves.victims).toEqual(["free", "protected"]);
  });

  test("nothing protects a group from itself", () => {
    const { moves, vram, c, make } = nested(semantics, "min");
    c.pool(vram).min = 8 * PAGE;
    make("x", 8, { owner: c, as: c });
    make("new", 8, { owner: c, as: c });
    expect(moves.victims).toEqual(["x"]);
  });

  test("where a limit is hit only the group that it limits has to give", () => {
    const { moves, vram, g, c, d, make } = nested(semantics, "min");
    c.pool(vram).max = 4 * PAGE;
    make("sibling", 2, { owner: d, as: d });
    make("parent", 1, { owner: g, as: g });
    make("x", 4, { owner: c, as: c });
    make("new", 2, { owner: c, as: c });
    expect(moves.victims).toEqual(["x"]);
  });

  test("where a limit further up is hit, all below it have to give", () => {
    const { moves, vram, g, a, c, d, make } = nested(semantics, "min");
    g.pool(vram).max = 4 * PAGE;
    make("outside", 2, { owner: a, as: a });
    make("sibling", 2, { owner: d, as: d });
    make("x", 2, { owner: c, as: c });
    make("new", 2, { owner: c, as: c });
    expect(moves.victims).toEqual(["sibling"]);
  });

  test("a group within its low evicts rather than falling back", () => {
    const { moves, vram, c, d, make } = nested(semantics, "low");
    c.pool(vram).low = 4 * PAGE;
    make("x", 8, { owner: d, as: d });
    expect(make("new", 4, { owner: c, as: c, at: ["vram", "system"] }).place).toBe("vram");
    expect(moves.victims).toEqual(["x"]);
  });

  test("one page above its low it falls back", () => {
    const { moves, vram, c, d, make } = nested(semantics, "low");
    c.pool(vram).low = 4 * PAGE;
    make("x", 8, { owner: d, as: d });
    expect(make("new", 5, { owner: c, as: c, at: ["vram", "system"] }).place).toBe("system");
    expect(moves.victims).toEqual([]);
  });

  test("a group within its low evicts neither its own nor what is within low elsewhere", () => {
    const { moves, vram, c, d, make } = nested(semantics, "low");
    c.pool(vram).low = d.pool(vram).low = 4 * PAGE;
    make("own", 1, { owner: c, as: c });
    make("other", 4, { owner: d, as: d });
    make("full", 3).pin();
    expect(make("new", 1, { owner: c, as: c, at: ["vram", "system"] }).place).toBe("system");
    expect(moves.victims).toEqual([]);
  });

  test("a ticket does not help it to what is within low elsewhere", () => {
    const { moves, vram, c, d, make } = nested(semantics, "low");
    c.pool(vram).low = d.pool(vram).low = 4 * PAGE;
    make("other", 4, { owner: d, as: d });
    make("free", 1);
    make("full", 3).pin();
    const at = ["vram", "system"];
    expect(make("new", 3, { owner: c, as: c, at, ticket: true }).place).toBe("system");
    expect(moves.victims).toEqual(semantics === "intended" ? [] : ["free"]);
  });

  test("a group within its min evicts what is within low elsewhere", () => {
    const { moves, vram, c, d, make } = nested(semantics, "min");
    c.pool(vram).min = 4 * PAGE;
    d.pool(vram).low = 8 * PAGE;
    make("x", 8, { owner: d, as: d });
    expect(make("new", 4, { owner: c, as: c, at: ["vram", "system"] }).place).toBe("vram");
    expect(moves.victims).toEqual(["x"]);
  });

  test("what was protected may go in the same pass once another one's going took its protection", () => {
    const { dmem, moves, vram, make } = smallDevice({
      semantics,
      managers: { vram: new CountManager(20), system: new SystemManager() },
    });
    const top = dmem.root.mkdir("top");
    const [asker, g] = [top.mkdir("asker"), top.mkdir("g")];
    const [m, n] = [g.mkdir("m"), g.mkdir("n")];
    const [owner, other] = [m.mkdir("owner"), m.mkdir("other")];
    for (const group of [g, m, n]) group.pool(vram).low = 10 * PAGE;
    owner.pool(vram).low = 5 * PAGE;
    make("n", 10, { owner: n, as: n }).pin();
    make("other, pinned", 3, { owner: other, as: other }).pin();
    make("owner, older", 2, { owner, as: owner });
    make("other", 2, { owner: other, as: other });
    make("owner, younger", 3, { owner, as: owner });
    make("new", 4, { owner: asker, as: asker });
    expect(moves.victims).toEqual(["other", "owner, younger"]);
  });

  test("also where what it lost lies between, and nobody below had asked for more than there was", () => {
    const { dmem, moves, vram, b, make } = smallDevice({
      semantics,
      managers: { vram: new CountManager(18), system: new SystemManager() },
    });
    const top = dmem.root.mkdir("top");
    const [asker, g] = [top.mkdir("asker"), top.mkdir("g")];
    const [m, n] = [g.mkdir("m"), g.mkdir("n")];
    const [victim, between] = [m.mkdir("victim"), m.mkdir("between")];
    const owner = between.mkdir("owner");
    for (const group of [g, m]) group.pool(vram).min = 10 * PAGE;
    n.pool(vram).min = 5 * PAGE;
    for (const group of [between, owner]) group.pool(vram).min = 6 * PAGE;
    make("owner, older", 3, { owner, as: owner });
    make("victim", 4, { owner: victim, as: victim });
    make("owner, younger", 3, { owner, as: owner });
    make("n", 5, { owner: n, as: n });
    make("full", 3, { owner: b, as: b }).pin();
    make("new", 7, { owner: asker, as: asker });
    expect(moves.victims).toEqual(["victim", "owner, younger"]);
  });
});

describe("between top groups", () => {
  const withMin = (semantics: Semantics) => {
    const small = smallDevice({ semantics });
    small.a.pool(small.vram).min = 8 * PAGE;
    const x = small.make("x", 8);
    return { ...small, x };
  };

  test("min holds in intended semantics", () => {
    const { b, x, make } = withMin("intended");
    expectRefusal(() => make("new", 1, { owner: b, as: b }), "ENOSPC");
    expect(x.place).toBe("vram");
  });

  test("min does not hold in linux-7.3 semantics", () => {
    const { b, x, make } = withMin("linux-7.3");
    make("new", 1, { owner: b, as: b });
    expect(x.place).toBe("system");
  });
});
