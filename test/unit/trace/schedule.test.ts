import { describe, expect, test } from "vitest";
import { defaultOrder, makeSchedule, type Order, overlap, type Timeline } from "../../../src/trace/schedule.ts";

const timed = (...us: number[]): Timeline => ({ name: "t", events: us.length, us: new Float64Array(us) });
const untimed = (events: number): Timeline => ({ name: "u", events, us: null });

function runs(timelines: readonly Timeline[], order: Order): [owner: number, length: number][] {
  const { owners, lengths } = makeSchedule(timelines, order);
  return [...owners].map((owner, i) => [owner, lengths[i] as number]);
}

describe("makeSchedule", () => {
  test("merges by the clock", () => {
    expect(runs([timed(10, 20, 30), timed(15, 31)], "clock")).toEqual([
      [0, 1],
      [1, 1],
      [0, 2],
      [1, 1],
    ]);
  });

  test("lets the first tenant go first where times are equal", () => {
    expect(runs([timed(1, 1), timed(1, 1)], "clock")).toEqual([
      [0, 2],
      [1, 2],
    ]);
  });

  test("lets recordings begin together", () => {
    expect(runs([timed(1000, 1010), timed(5, 10)], "start")).toEqual([
      [0, 1],
      [1, 2],
      [0, 1],
    ]);
  });

  test("takes turns, until one has no more", () => {
    expect(runs([untimed(3), untimed(1)], "turns")).toEqual([
      [0, 1],
      [1, 1],
      [0, 2],
    ]);
  });

  test("takes a tenant without events", () => {
    expect(runs([untimed(0), untimed(2)], "turns")).toEqual([[1, 2]]);
    expect(runs([], "clock")).toEqual([]);
  });

  test("names the trace whose times are missing", () => {
    expect(() => runs([timed(1), untimed(1)], "clock")).toThrow(
      'the order "clock" needs times, and the trace of "u" has none',
    );
  });
});

test("goes by the clock if all have times, else in turns", () => {
  expect(defaultOrder([timed(1), timed(2)])).toBe("clock");
  expect(defaultOrder([timed(1), untimed(2)])).toBe("turns");
});

test("knows recordings that overlap from those that do not", () => {
  expect(overlap([timed(1, 5), timed(5, 9)])).toBe(true);
  expect(overlap([timed(1, 5), timed(6, 9)])).toBe(false);
  expect(overlap([timed(1, 5), timed()])).toBe(true);
});
