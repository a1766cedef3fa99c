import { expect, test } from "vitest";
import { awaitTurn, createTurns, passTurn } from "../../src/cli/turns.ts";

const schedule = { owners: new Int32Array([1, 0, 1]), lengths: new Int32Array([2, 1, 1]) };

test("grants each run to its owner, in order", () => {
  const turns = createTurns(schedule, 2);
  expect([...turns.granted]).toEqual([-1, 0]);
  expect(awaitTurn(turns, 1, -1)).toBe(0);
  passTurn(turns, 0);
  expect(awaitTurn(turns, 0, -1)).toBe(1);
  passTurn(turns, 1);
  expect(awaitTurn(turns, 1, 0)).toBe(2);
});

test("grants nothing after the last run", () => {
  const turns = createTurns(schedule, 2);
  passTurn(turns, 2);
  expect([...turns.granted]).toEqual([-1, 0]);
});

test("takes an empty schedule", () => {
  expect([...createTurns({ owners: new Int32Array(0), lengths: new Int32Array(0) }, 1).granted]).toEqual([-1]);
});
