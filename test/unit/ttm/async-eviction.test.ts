import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { CountManager, SystemManager } from "../../../src/ttm/index.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { PAGE, places, smallDevice } from "../../support/small-device.ts";
import { HeldMoves, heard } from "./held-moves.ts";

const broken = new Error("the engine is on fire");

/**
 * `/a` has `x` and `y` of 4 pages each, so that the memory is full; from now on moves take until the test ends them.
 */
function full() {
  const held = new HeldMoves();
  const small = smallDevice();
  const [x, y] = [small.make("x", 4), small.make("y", 4)];
  small.driver.moveAsync = held.start;
  const create = (pages: number, options: { signal?: AbortSignal } = {}) => {
    return small.device.createAsync({ size: pages * PAGE, owner: small.b, placement: places("vram"), ...options });
  };
  const usage = () => [small.a.pool(small.vram).usage / PAGE, small.b.pool(small.vram).usage / PAGE];
  const used = () => [small.device.usedPages("vram"), small.device.usedPages("system")];
  return { ...small, held, x, y, create, usage, used };
}

test("a victim has both places until it has arrived, then the new buffer gets its own", async () => {
  const { held, x, create, usage, used } = full();
  const creating = create(4);
  expect([held.last.move, x.place, usage(), used()]).toMatchObject([
    { bo: x, from: "vram", to: "system", evict: true },
    "vram",
    [8, 4],
    [8, 4],
  ]);
  await held.last.end();
  expect([held.last.move, x.place, usage(), used()]).toMatchObject([
    { from: null, to: "vram", evict: false },
    "system",
    [4, 4],
    [8, 4],
  ]);
  await held.last.end();
  expect((await creating).place).toBe("vram");
});

test("a victim whose move rejects stays, and the next one goes", async () => {
  const { held, x, y, create, usage } = full();
  const creating = create(4);
  await held.last.fail(broken);
  await held.last.end();
  await held.last.end();
  await creating;
  expect([x.place, y.place, usage()]).toEqual(["vram", "system", [4, 4]]);
});

test("a buffer whose own move rejects does not come to be, and charges nothing", async () => {
  const { device, held, x, y, create, usage, used } = full();
  x.free();
  const creating = create(4);
  await Promise.all([held.last.fail(broken), expect(creating).rejects.toBe(broken)]);
  expect([device.buffers, usage(), used()]).toEqual([[y], [4, 0], [4, 0]]);
});

test("a buffer whose own move rejects may be freed by whoever waited for that", async () => {
  const { device, held, x, y, create } = full();
  x.free();
  const creating = create(4);
  const waiting = held.last.move.bo.idle().then(() => held.last.move.bo.free());
  await Promise.all([held.last.fail(broken), expect(creating).rejects.toBe(broken), waiting]);
  expect(device.buffers).toEqual([y]);
});

describe("a request that is aborted", () => {
  test("while its victim moves: the victim stays, nothing is charged, nobody listens", async () => {
    const { device, held, x, y, create, usage, used } = full();
    const stop = new AbortController();
    const creating = create(4, { signal: stop.signal });
    expect(held.last.signal).toBe(stop.signal);
    stop.abort(broken);
    await expect(creating).rejects.toBe(broken);
    expect([device.buffers, x.place, usage(), used()]).toEqual([[x, y], "vram", [8, 0], [8, 0]]);
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
    x.touch();
  });

  test("while it moves itself: what went for it is gone, it is not there", async () => {
    const { device, held, x, y, create, usage, used } = full();
    const stop = new AbortController();
    const creating = create(4, { signal: stop.signal });
    await held.last.end();
    stop.abort(broken);
    await expect(creating).rejects.toBe(broken);
    expect([device.buffers, x.place, usage(), used()]).toEqual([[x, y], "system", [4, 0], [4, 4]]);
  });

  test("before it began does nothing", async () => {
    const { device, held, x, y, create } = full();
    await expect(create(4, { signal: AbortSignal.abort(broken) })).rejects.toBe(broken);
    expect([held.all, device.buffers]).toEqual([[], [x, y]]);
  });

  test("does not care when its move arrives after all", async () => {
    const { held, x, create, usage, used } = full();
    const stop = new AbortController();
    const creating = create(4, { signal: stop.signal });
    stop.abort(broken);
    await expect(creating).rejects.toBe(broken);
    await held.last.end();
    expect([x.place, usage(), used()]).toEqual(["vram", [8, 0], [8, 0]]);
  });
});

describe("a request that needs what others are moving", () => {
  test("waits for it, where nothing else can go", async () => {
    const { held, x, y, create, usage } = full();
    y.pin();
    const moving = x.validateAsync(places("tt"));
    const creating = create(4);
    await heard();
    expect(held.all).toHaveLength(1);
    await held.last.end();
    await moving;
    await held.last.end();
    expect([x.place, (await creating).place, usage()]).toEqual(["tt", "vram", [4, 4]]);
  });

  test("takes another one, where one can go", async () => {
    const { held, x, y, create } = full();
    const moving = x.validateAsync(places("tt"));
    const creating = create(4);
    expect(held.all.map(({ move }) => move.bo)).toEqual([x, y]);
    for (const move of held.all.slice()) await move.end();
    await held.last.end();
    await Promise.all([moving, creating]);
    expect([x.place, y.place]).toEqual(["tt", "system"]);
  });

  test("is refused when that comes back and cannot go", async () => {
    const { held, x, y, create } = full();
    y.pin();
    const moving = x.validateAsync(places("tt"));
    const refused = expect(create(4)).rejects.toMatchObject({ code: "ENOSPC" });
    await Promise.all([held.last.fail(broken), expect(moving).rejects.toBe(broken)]);
    await held.last.fail(broken);
    await refused;
    expect([x.place, y.place]).toEqual(["vram", "vram"]);
  });

  test("does not wait where even that would not do", async () => {
    const { device, held, x, y, create } = full();
    y.pin();
    const moving = x.validateAsync(places("system"));
    await expect(create(5)).rejects.toMatchObject({ code: "ENOSPC" });
    expect(device.usedPages("vram")).toBe(8);
    await held.last.end();
    await moving;
  });

  test("stops waiting with its signal", async () => {
    const { held, x, y, create, usage } = full();
    y.pin();
    const stop = new AbortController();
    const moving = x.validateAsync(places("tt"));
    const creating = create(4, { signal: stop.signal });
    await heard();
    stop.abort(broken);
    await expect(creating).rejects.toBe(broken);
    await held.last.end();
    await moving;
    expect([usage(), getEventListeners(stop.signal, "abort")]).toEqual([[4, 0], []]);
  });

  test("does not wait if it is synchronous", async () => {
    const { held, x, y, b, make } = full();
    y.pin();
    const moving = x.validateAsync(places("tt"));
    expectRefusal(() => make("new", 4, { owner: b }), "ENOSPC");
    await held.last.end();
    await moving;
    expect(make("new", 4, { owner: b }).place).toBe("vram");
  });

  test("does not wait for what could not be given up", async () => {
    const { driver, held, x, y, create } = full();
    driver.evictionPlacement = () => [];
    y.pin();
    for (const _ of ["first", "second"]) {
      const refused = expect(create(4)).rejects.toMatchObject({ code: "ENOSPC" });
      await held.last.fail(broken);
      await refused;
    }
    expect([held.all.map(({ move }) => move.bo), x.place]).toEqual([[x, x], "vram"]);
  });

  test("waits for what is being given up, too", async () => {
    const { driver, held, x, y, create } = full();
    driver.evictionPlacement = () => [];
    y.pin();
    const first = create(4);
    const second = create(4);
    await heard();
    expect(held.all.map(({ move }) => move.bo)).toEqual([x]);
    await held.last.end();
    await held.last.end();
    expect((await first).place).toBe("vram");
    await held.last.end();
    await held.last.end();
    expect([(await first).place, (await second).place]).toEqual([null, "vram"]);
  });
});

/** `/a/c` and `/a/d` ask for 4 pages each, and `/a` has so many for both: enough for one of them alone. */
function shared() {
  const small = smallDevice({ managers: { vram: new CountManager(12), system: new SystemManager() } });
  const { a, b, vram, device } = small;
  const [c, d] = [a.mkdir("c"), a.mkdir("d")];
  for (const group of [a, c, d]) group.pool(vram).min = 4 * PAGE;
  const create = () => device.createAsync({ size: 6 * PAGE, owner: b, placement: places("vram") });
  return { ...small, c, d, held: new HeldMoves(), create };
}

test("who was protected is asked again when others charge and free meanwhile", async () => {
  const { b, c, d, driver, held, make, create } = shared();
  make("c, older", 2, { owner: c });
  make("x", 4, { owner: b });
  const younger = make("c, younger", 2, { owner: c });
  const y = make("y", 4, { owner: b });
  driver.moveAsync = held.start;
  const creating = create();
  y.free();
  make("d", 4, { owner: d }); // now c and d have half of what they ask for
  await held.last.end();
  expect(held.last.move.bo).toBe(younger);
  await held.last.end();
  await held.last.end();
  expect((await creating).place).toBe("vram");
});

test("who was protected is asked again when others charge while it waits", async () => {
  const { b, c, d, driver, held, make, create } = shared();
  const protectedAtFirst = [make("older", 2, { owner: c }), make("younger", 2, { owner: c })];
  const [x, y] = [make("x", 4, { owner: b }), make("y", 4, { owner: b })];
  driver.moveAsync = held.start;
  const moving = Promise.allSettled([x, y].map((bo) => bo.validateAsync(places("system"))));
  const creating = create();
  await held.all[1]?.end(); // of y
  make("d", 4, { owner: d }); // now c and d have half of what they ask for
  await held.all[0]?.fail(broken);
  for (const bo of [...protectedAtFirst, x]) {
    expect(held.last.move.bo).toBe(bo);
    await held.last.end();
  }
  await held.last.end();
  expect((await creating).place).toBe("vram");
  await moving;
});
