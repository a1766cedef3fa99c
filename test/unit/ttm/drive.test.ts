import { getEventListeners } from "node:events";
import { describe, expect, test, vi } from "vitest";
import { type Driver, runAsync, runSync } from "../../../src/ttm/drive.ts";
import type { Move } from "../../../src/ttm/index.ts";
import type { Walk } from "../../../src/ttm/operation.ts";
import { expectRefusal } from "../../support/refusal.ts";
import { HeldMoves, heard } from "./held-moves.ts";

const MOVE = { from: "vram", to: "tt", evict: false } as Move;
const OTHER = { from: "vram", to: "system", evict: true } as Move;
const broken = new Error("the engine is on fire");
const evictionPlacement = () => [];

/** Wants two moves. @returns how they went: `undefined`, or what was thrown */
function* twoMoves(): Walk<unknown[]> {
  const outcomes: unknown[] = [];
  for (const move of [MOVE, OTHER]) {
    try {
      yield move;
      outcomes.push(undefined);
    } catch (error) {
      outcomes.push(error);
    }
  }
  return outcomes;
}

function* oneMove(): Walk<string> {
  yield MOVE;
  return "arrived";
}

describe("runSync", () => {
  test("carries out one move after the other", () => {
    const move = vi.fn();
    expect(runSync(twoMoves(), { evictionPlacement, move })).toEqual([undefined, undefined]);
    expect(move.mock.calls).toEqual([[MOVE], [OTHER]]);
  });

  test("throws into the walk what the driver throws, and goes on", () => {
    const driver: Driver = {
      evictionPlacement,
      move: (move) => {
        if (move === MOVE) throw broken;
      },
    };
    expect(runSync(twoMoves(), driver)).toEqual([broken, undefined]);
  });

  test("throws what the walk does not catch", () => {
    const move = () => {
      throw broken;
    };
    expect(() => runSync(oneMove(), { evictionPlacement, move })).toThrow(broken);
  });

  test("needs no driver's move", () => {
    expect(runSync(oneMove(), { evictionPlacement })).toBe("arrived");
  });

  test("refuses a driver that moves asynchronously only", () => {
    const moveAsync = vi.fn(async () => {});
    expectRefusal(() => runSync(oneMove(), { evictionPlacement, moveAsync }), "EINVAL", "Async");
    expect(moveAsync).not.toHaveBeenCalled();
  });

  test("refuses a move that returns a promise, and that fails unheard", async () => {
    const move = async () => {
      throw broken;
    };
    expectRefusal(() => runSync(oneMove(), { evictionPlacement, move }), "EINVAL", "Async");
    await heard();
  });
});

describe("runAsync", () => {
  test("waits for each move", async () => {
    const held = new HeldMoves();
    const walk = runAsync(twoMoves(), { evictionPlacement, moveAsync: held.start });
    expect(held.all.map(({ move }) => move)).toEqual([MOVE]);
    await held.last.end();
    expect(held.all.map(({ move }) => move)).toEqual([MOVE, OTHER]);
    await held.last.end();
    expect(await walk).toEqual([undefined, undefined]);
  });

  test("throws into the walk what the driver throws or rejects with, and goes on", async () => {
    const moveAsync = (move: Move) => {
      if (move === MOVE) throw broken;
      return Promise.reject(new Error("too late"));
    };
    expect(await runAsync(twoMoves(), { evictionPlacement, moveAsync })).toEqual([broken, new Error("too late")]);
  });

  test("takes a synchronous driver as it is", async () => {
    const move = vi.fn();
    expect(await runAsync(twoMoves(), { evictionPlacement, move })).toEqual([undefined, undefined]);
    expect(move).toHaveBeenCalledTimes(2);
  });

  test("needs no driver's move", async () => {
    expect(await runAsync(oneMove(), { evictionPlacement })).toBe("arrived");
  });

  test("asks only for the asynchronous move where there are both", async () => {
    const [move, moveAsync] = [vi.fn(), vi.fn()];
    await runAsync(oneMove(), { evictionPlacement, move, moveAsync });
    expect([move.mock.calls.length, moveAsync.mock.calls.length]).toEqual([0, 1]);
  });

  test("passes the signal on", async () => {
    const moveAsync = vi.fn(async () => {});
    const { signal } = new AbortController();
    await runAsync(oneMove(), { evictionPlacement, moveAsync }, signal);
    await runAsync(oneMove(), { evictionPlacement, moveAsync });
    expect(moveAsync.mock.calls).toEqual([
      [MOVE, signal],
      [MOVE, undefined],
    ]);
  });
});

describe("a signal", () => {
  test("ends a move that never does", async () => {
    const stop = new AbortController();
    const walk = runAsync(oneMove(), { evictionPlacement, moveAsync: new HeldMoves().start }, stop.signal);
    stop.abort(broken);
    await expect(walk).rejects.toBe(broken);
  });

  test("that was aborted before keeps the move from being begun", async () => {
    const moveAsync = vi.fn(async () => {});
    const walk = runAsync(oneMove(), { evictionPlacement, moveAsync }, AbortSignal.abort(broken));
    await expect(walk).rejects.toBe(broken);
    expect(moveAsync).not.toHaveBeenCalled();
  });

  test("that the driver aborts while it begins a move ends it, whatever comes of the move", async () => {
    const stop = new AbortController();
    const moveAsync = async () => {
      stop.abort(broken);
      throw new Error("not to be heard of");
    };
    await expect(runAsync(oneMove(), { evictionPlacement, moveAsync }, stop.signal)).rejects.toBe(broken);
    await heard();
  });

  test("does not care what comes of a move that was given up", async () => {
    const stop = new AbortController();
    const held = new HeldMoves();
    const walk = runAsync(oneMove(), { evictionPlacement, moveAsync: held.start }, stop.signal);
    stop.abort(broken);
    await Promise.all([held.last.fail(new Error("not to be heard of")), expect(walk).rejects.toBe(broken)]);
  });

  test.each(["arrives", "fails", "is given up"])("is not listened to any more when a move %s", async (how) => {
    const stop = new AbortController();
    const held = new HeldMoves();
    const walk = runAsync(twoMoves(), { evictionPlacement, moveAsync: held.start }, stop.signal);
    expect(getEventListeners(stop.signal, "abort")).toHaveLength(1);
    if (how === "is given up") stop.abort();
    for (let number = 0; number < 2 && how !== "is given up"; number++) {
      await (how === "fails" ? held.last.fail(broken) : held.last.end());
    }
    await walk;
    expect(getEventListeners(stop.signal, "abort")).toEqual([]);
  });
});
