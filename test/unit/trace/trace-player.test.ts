import { expect, test } from "vitest";
import { TraceBuilder } from "../../../src/trace/allocation-trace.ts";
import { ANSWER, type Answer, type Played, type RequestChannel, TracePlayer } from "../../../src/trace/trace-player.ts";

/** Answers as it is told, in the order of the requests, up to `room` of them at a time. */
class Channel implements RequestChannel {
  readonly received: [freed: number, bytes: number][] = [];
  readonly #answers: readonly Answer[];
  readonly #room: number;
  #put: [freed: number, bytes: number][] = [];
  #due = 0;
  #answered = 0;

  constructor(answers: readonly Answer[], room = answers.length) {
    this.#answers = answers;
    this.#room = room;
  }

  get isFull(): boolean {
    return this.#put.length + this.#due >= this.#room;
  }

  put(freed: number, bytes: number): void {
    this.#put.push([freed, bytes]);
  }

  send(): void {
    this.#due += this.#put.length;
    this.received.push(...this.#put);
    this.#put = [];
  }

  receive(): Answer[] {
    this.#due--;
    return [this.#answers[this.#answered++] as Answer];
  }
}

function play(channel: Channel, fill: (builder: TraceBuilder) => void): Played {
  const builder = new TraceBuilder();
  fill(builder);
  return new TracePlayer(builder.build(false)).play(channel);
}

const NOTHING = { requests: 0, bytes: 0 };

test("counts what was allocated and freed", () => {
  const played = play(new Channel([ANSWER.inVram, ANSWER.inVram, ANSWER.freed]), (trace) => {
    trace.allocate(1, 60, 0);
    trace.allocate(2, 40, 0);
    trace.free(1, 0);
  });
  expect(played).toMatchObject({ charged: { requests: 2, bytes: 100 }, freed: { requests: 1, bytes: 60 } });
});

test("counts refusals by whose limit was hit, and the frees of what was refused", () => {
  const answers = [ANSWER.refusedByCard, ANSWER.refusedByTenant, ANSWER.nothingToFree];
  const played = play(new Channel(answers), (trace) => {
    trace.allocate(1, 1, 0);
    trace.allocate(2, 2000, 0);
    trace.free(1, 0);
  });
  expect(played).toMatchObject({
    charged: NOTHING,
    freed: NOTHING,
    refused: { byCard: { requests: 1, bytes: 1 }, byTenant: { requests: 1, bytes: 2000 } },
    skippedFrees: 1,
  });
});

test("tells what asked for system memory from what found no room elsewhere", () => {
  const played = play(new Channel([ANSWER.inSystem, ANSWER.inSystem, ANSWER.inSystem]), (trace) => {
    trace.allocateInSystem(1, 5, 0);
    trace.allocate(2, 7, 0);
    trace.allocate(3, 8, 0);
  });
  expect(played).toMatchObject({
    charged: NOTHING,
    inSystem: { asked: { requests: 1, bytes: 5 }, noRoom: { requests: 2, bytes: 15 } },
  });
});

test("plays everything through a channel that takes one at a time", () => {
  const channel = new Channel([ANSWER.inVram, ANSWER.inVram, ANSWER.freed], 1);
  const played = play(channel, (trace) => {
    trace.allocate(1, 1, 0);
    trace.allocate(2, 2, 0);
    trace.free(2, 0);
  });
  expect(channel.received).toEqual([
    [-1, 1],
    [-1, 2],
    [1, 0],
  ]);
  expect(played).toMatchObject({ charged: { bytes: 3 }, freed: { bytes: 2 } });
});

test("plays nothing where there is nothing", () => {
  expect(play(new Channel([]), () => {})).toMatchObject({ charged: NOTHING, skippedFrees: 0 });
});
