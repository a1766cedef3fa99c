import { describe, expect, test } from "vitest";
import { expectRefusal } from "../../support/refusal.ts";
import { PAGE, places, smallDevice } from "../../support/small-device.ts";
import { failMoves } from "./failing-moves.ts";
import { HeldMoves, heard } from "./held-moves.ts";

const broken = new Error("the engine is on fire");

/** Four buffers of two pages, all of `/a` or below it: `x` and `z` of `/a/c`, `y` and `w` of `/a/d`. */
function four() {
  const small = smallDevice();
  const [c, d] = [small.a.mkdir("c"), small.a.mkdir("d")];
  const [x, y, z, w] = [
    small.make("x", 2, { owner: c }),
    small.make("y", 2, { owner: d }),
    small.make("z", 2, { owner: c }),
    small.make("w", 2, { owner: d }),
  ];
  return { ...small, pool: small.a.pool(small.vram), c, d, x, y, z, w };
}

describe("lowering max below usage", () => {
  test("evicts the oldest until it is not any more", () => {
    const { pool, moves } = four();
    pool.max = 5 * PAGE;
    expect([moves.victims, pool.usage, pool.max]).toEqual([["x", "y"], 4 * PAGE, 5 * PAGE]);
  });

  test("evicts nothing at usage", () => {
    const { pool, moves } = four();
    pool.max = 8 * PAGE;
    expect(moves.victims).toEqual([]);
  });

  test("says whether it brought anything", () => {
    const { vram, pool, device } = four();
    expect(vram.reclaim?.(pool, PAGE, vram)).toBeUndefined();
    for (const bo of device.lru("vram").flat()) bo.pin();
    expect(vram.reclaim?.(pool, PAGE, vram)).toBe("ENOSPC");
  });

  test("evicts through the file as well", () => {
    const { a, moves } = four();
    a.write("dmem.max", `vram ${4 * PAGE}`);
    expect(moves.victims).toEqual(["x", "y"]);
  });

  test("evicts nothing with nonblock, and the limit is in force", () => {
    const { a, pool, moves, make } = four();
    a.write("dmem.max", `vram ${4 * PAGE}`, { nonblock: true });
    expect([moves.victims, pool.max, pool.usage]).toEqual([[], 4 * PAGE, 8 * PAGE]);
    expect(make("new", 1, { at: ["vram", "system"] }).place).toBe("system");
  });

  test("of a child evicts only what is below that", () => {
    const { vram, c, moves } = four();
    c.pool(vram).max = 0;
    expect(moves.victims).toEqual(["x", "z"]);
  });

  test("leaves what is within low for the end", () => {
    const { vram, c, pool, moves } = four();
    c.pool(vram).low = 4 * PAGE;
    pool.max = 2 * PAGE;
    expect(moves.victims).toEqual(["y", "w", "x"]);
  });

  test("never takes what is within a child's min: usage stays above", () => {
    const { vram, c, pool, moves } = four();
    c.pool(vram).min = 4 * PAGE;
    pool.max = 0;
    expect([moves.victims, pool.usage, pool.max]).toEqual([["y", "w"], 4 * PAGE, 0]);
  });

  test("takes what is within the group's own min", () => {
    const { pool } = four();
    pool.min = pool.low = 8 * PAGE;
    pool.max = 0;
    expect(pool.usage).toBe(0);
  });

  test("never takes the pinned", () => {
    const { x, y, pool, moves } = four();
    x.pin();
    y.pin();
    pool.max = 0;
    expect([moves.victims, pool.usage]).toEqual([["z", "w"], 4 * PAGE]);
  });

  test("goes on with the next one where a move fails, and tries that one again", () => {
    const small = four();
    const { x, pool, moves } = small;
    failMoves(small, [x, 1]);
    pool.max = 0;
    expect(moves.victims).toEqual(["y", "z", "w", "x"]);
  });

  test("tries again for as long as anything goes", () => {
    const small = four();
    const { vram, x, y, z, pool, moves } = small;
    failMoves(small, [x, 3], [y, 2], [z, 1]);
    vram.reclaim?.(pool, 8 * PAGE, vram);
    expect(moves.victims).toEqual(["w", "z", "y", "x"]);
  });

  test("tries again what is within low and failed", () => {
    const small = four();
    const { vram, c, x, pool, moves } = small;
    c.pool(vram).low = 4 * PAGE;
    failMoves(small, [x, 1]);
    pool.max = 0;
    expect(moves.victims).toEqual(["y", "w", "z", "x"]);
  });

  test("sees protection as the group itself does, which has none from above to share out", () => {
    const { vram, c, pool, moves } = four();
    c.pool(vram).min = 2 * PAGE;
    pool.max = 2 * PAGE;
    expect(moves.victims).toEqual(["x", "y", "w"]);
  });

  test("gives up where all moves fail, and the limit is in force", () => {
    const { driver, pool } = four();
    let attempts = 0;
    driver.move = () => {
      attempts++;
      throw broken;
    };
    pool.max = 0;
    expect([pool.usage, pool.max]).toEqual([8 * PAGE, 0]);
    expect(attempts).toBeLessThan(1000);
  });

  test("is left to reclaimAsync where the driver moves asynchronously only", () => {
    const held = new HeldMoves();
    const { driver, pool } = four();
    delete driver.move;
    driver.moveAsync = held.start;
    pool.max = 0;
    expect([pool.usage, held.all]).toEqual([8 * PAGE, []]);
  });
});

describe("reclaimAsync", () => {
  function lowered(pages: number) {
    const held = new HeldMoves();
    const small = four();
    small.driver.moveAsync = held.start;
    small.a.write("dmem.max", `vram ${pages * PAGE}`, { nonblock: true });
    return { ...small, held };
  }

  test("evicts the oldest until usage is within max, and tells how much that was", async () => {
    const { device, pool, held, x, y } = lowered(5);
    const reclaim = device.reclaimAsync(pool);
    await held.last.end();
    await held.last.end();
    expect(await reclaim).toBe(4 * PAGE);
    expect([held.all.map(({ move }) => move.bo), pool.usage]).toEqual([[x, y], 4 * PAGE]);
  });

  test("does nothing within max, nor without one", async () => {
    const { device, pool, b, vram } = lowered(8);
    expect([await device.reclaimAsync(pool), await device.reclaimAsync(b.pool(vram))]).toEqual([0, 0]);
  });

  test("tries again what failed, while others go", async () => {
    const { device, pool, held, x, y, z, w } = lowered(0);
    const reclaim = device.reclaimAsync(pool);
    await held.last.fail(broken);
    for (let count = 0; count < 4; count++) await held.last.end();
    expect(await reclaim).toBe(8 * PAGE);
    expect(held.all.map(({ move }) => move.bo)).toEqual([x, y, z, w, x]);
  });

  test("ends with its signal", async () => {
    const { device, pool, held, x } = lowered(0);
    const stop = new AbortController();
    const reclaim = device.reclaimAsync(pool, stop.signal);
    stop.abort(broken);
    await expect(reclaim).rejects.toBe(broken);
    expect([held.all.length, x.place, pool.usage, device.usedPages("system")]).toEqual([1, "vram", 8 * PAGE, 0]);
    x.touch();
  });

  test("waits for what others are moving, and counts it", async () => {
    const { device, pool, held, x, y, z, w, moves } = lowered(6);
    for (const bo of [y, z, w]) bo.pin();
    const moving = x.validateAsync(places("tt"));
    const reclaim = device.reclaimAsync(pool);
    for (const bo of [y, z, w]) bo.unpin();
    await heard();
    await held.last.end();
    await Promise.all([moving, reclaim]);
    expect([pool.usage, held.all.length, moves.victims]).toEqual([6 * PAGE, 1, []]);
  });

  test("waits for all that others are moving, until usage is within max", async () => {
    const { device, pool, held, x, y, z, w } = lowered(4);
    for (const bo of [z, w]) bo.pin();
    const moving = [x, y].map((bo) => bo.validateAsync(places("system")));
    const reclaim = device.reclaimAsync(pool).then(() => pool.usage);
    await held.all[0]?.end();
    await held.all[1]?.end();
    await Promise.all(moving);
    expect(await reclaim).toBe(4 * PAGE);
  });

  test("refuses a pool of a region that is none of the device's", async () => {
    const { dmem, device, a } = four();
    const other = dmem.registerRegion("other", { size: 1 });
    await expect(device.reclaimAsync(a.pool(other))).rejects.toMatchObject({ code: "EINVAL" });
  });
});

test("limits of a region that another device accounts are none of this one's business", () => {
  const { moves } = four();
  const other = four();
  other.pool.max = 0;
  expect([moves.victims, other.moves.victims]).toEqual([[], ["x", "y", "z", "w"]]);
  expectRefusal(() => other.make("new", 1), "ENOSPC");
});
