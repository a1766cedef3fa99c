import { expect, test } from "vitest";
import { TraceBuilder } from "../../src/trace/allocation-trace.ts";
import { type ChargeTarget, TracePlayer } from "../../src/trace/trace-player.ts";

/** A pool of 100 bytes that refuses by itself above `own`, and above 100 by another. */
class Pool implements ChargeTarget {
  usage = 0;
  readonly #own: number;

  constructor(own: number) {
    this.#own = own;
  }

  tryCharge(bytes: number): object | null {
    if (this.usage + bytes > this.#own) return this;
    if (this.usage + bytes > 100) return {};
    this.usage += bytes;
    return null;
  }

  uncharge(bytes: number): void {
    this.usage -= bytes;
  }
}

function player(pool: Pool, fill: (builder: TraceBuilder) => void): TracePlayer {
  const builder = new TraceBuilder();
  fill(builder);
  return new TracePlayer(builder.build(false), pool);
}

test("charges and frees", () => {
  const pool = new Pool(1000);
  const played = player(pool, (trace) => {
    trace.allocate(1, 60, 0);
    trace.allocate(2, 40, 0);
    trace.free(1, 0);
  });
  played.play(3);
  expect(pool.usage).toBe(40);
  expect(played.played).toMatchObject({ charged: { requests: 2, bytes: 100 }, freed: { requests: 1, bytes: 60 } });
});

test("counts refusals by whose limit was hit, and skips the frees of what was refused", () => {
  const pool = new Pool(1000);
  const played = player(pool, (trace) => {
    trace.allocate(1, 100, 0);
    trace.allocate(2, 1, 0);
    trace.allocate(3, 2000, 0);
    trace.free(2, 0);
    trace.free(1, 0);
  });
  played.play(5);
  expect(pool.usage).toBe(0);
  expect(played.played).toMatchObject({
    refused: { byCard: { requests: 1, bytes: 1 }, byTenant: { requests: 1, bytes: 2000 } },
    skippedFrees: 1,
  });
});

test("plays some at a time, and no more than there are", () => {
  const pool = new Pool(1000);
  const played = player(pool, (trace) => {
    trace.allocate(1, 1, 0);
    trace.allocate(2, 2, 0);
  });
  played.play(1);
  expect([played.position, pool.usage]).toEqual([1, 1]);
  played.play(9);
  expect([played.position, pool.usage]).toEqual([2, 3]);
});
