import { expect, test } from "vitest";
import { createMailbox, Inbox, type Mailbox, Outbox, type Request, servedRequests } from "../../../src/cli/mailbox.ts";
import { ALLOCATES } from "../../../src/trace/allocation-trace.ts";
import { ANSWER, type Answer } from "../../../src/trace/trace-player.ts";

// Both ends in one thread: each waits only for what the other has left already.

class Line {
  readonly mailbox: Mailbox = createMailbox();
  readonly outbox = new Outbox(this.mailbox);
  readonly inbox = new Inbox(this.mailbox);

  send(...sizes: number[]): void {
    for (const bytes of sizes) this.outbox.put(ALLOCATES, bytes);
    this.outbox.send();
  }

  serve(answer: Answer = ANSWER.inVram): Request {
    const request = this.inbox.take();
    this.inbox.answer(answer);
    return request;
  }
}

test("brings requests to the card in order, numbered", () => {
  const line = new Line();
  line.send(100, 200);
  expect([line.serve(), line.serve()]).toEqual([
    { number: 0, freed: ALLOCATES, bytes: 100 },
    { number: 1, freed: ALLOCATES, bytes: 200 },
  ]);
});

test("brings back as many answers as there are, in order", () => {
  const line = new Line();
  line.send(1, 2, 3);
  line.serve(ANSWER.refusedByCard);
  line.serve(ANSWER.inSystem);
  expect(line.outbox.receive()).toEqual([ANSWER.refusedByCard, ANSWER.inSystem]);
  line.serve(ANSWER.freed);
  expect(line.outbox.receive()).toEqual([ANSWER.freed]);
});

test("returns at once where no answer is due", () => {
  const line = new Line();
  expect(line.outbox.receive()).toEqual([]);
  line.send(1);
  line.serve();
  line.outbox.receive();
  expect(line.outbox.receive()).toEqual([]);
});

test("tells anybody how many were served", () => {
  const line = new Line();
  line.send(1, 2);
  expect(servedRequests(line.mailbox)).toBe(0);
  line.serve();
  expect(servedRequests(line.mailbox)).toBe(1);
});

test("is full until an answer was received", () => {
  const line = new Line();
  while (!line.outbox.isFull) line.send(1);
  line.serve();
  expect(line.outbox.isFull).toBe(true);
  line.outbox.receive();
  expect(line.outbox.isFull).toBe(false);
  line.send(1);
  expect(line.outbox.isFull).toBe(true);
});

test("goes round its slots for as long as there are requests", () => {
  const line = new Line();
  const sizes = Array.from({ length: 5_000 }, (_, i) => i);
  const served = sizes.map((bytes) => {
    line.send(bytes);
    const request = line.serve();
    line.outbox.receive();
    return request.bytes;
  });
  expect(served).toEqual(sizes);
});
