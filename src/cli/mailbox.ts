import type { Answer, RequestChannel } from "../trace/trace-player.ts";

// A tenant's line to the card: a ring in shared memory, with requests in one direction and answers in the other. The
// tenant may be as many requests ahead as there are slots; so neither thread waits for each single one of the other's
// steps.
//
// Request n and its answer are in slot n % SLOTS. The tenant writes a request before it raises `submitted`, the card an
// answer before it raises `served`; a slot is used again only when its answer was read.

const SLOTS = 1024;

/** Requests that the tenant has put in. Raised by the tenant, awaited by the card. */
const SUBMITTED = 0;
/**
 * Requests that the card has answered. Raised by the card, awaited by the tenant, watched by whoever shows progress.
 */
const SERVED = 1;

/** A request: as `AllocationTrace` has the events. */
export interface Request {
  /** How many the tenant made before. */
  readonly number: number;
  /** Number of the request whose allocation is freed, or what is allocated: `ALLOCATES`, `ALLOCATES_IN_SYSTEM`. */
  readonly freed: number;
  readonly bytes: number;
}

/** Everything in shared memory, so that it may be given to a worker. */
export interface Mailbox {
  readonly counts: Int32Array;
  readonly freed: Int32Array;
  readonly bytes: Float64Array;
  readonly answers: Uint8Array;
}

export function createMailbox(): Mailbox {
  return {
    counts: new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)),
    freed: new Int32Array(new SharedArrayBuffer(SLOTS * Int32Array.BYTES_PER_ELEMENT)),
    bytes: new Float64Array(new SharedArrayBuffer(SLOTS * Float64Array.BYTES_PER_ELEMENT)),
    answers: new Uint8Array(new SharedArrayBuffer(SLOTS)),
  };
}

/** Requests that were answered so far. Concurrency: any thread; may be out of date. */
export function servedRequests({ counts }: Mailbox): number {
  return Atomics.load(counts, SERVED);
}

/** The tenant's end. Concurrency: for one worker thread, which blocks while it waits. */
export class Outbox implements RequestChannel {
  readonly #mailbox: Mailbox;
  #submitted = 0;
  #answered = 0;

  constructor(mailbox: Mailbox) {
    this.#mailbox = mailbox;
  }

  get isFull(): boolean {
    return this.#submitted - this.#answered === SLOTS;
  }

  put(freed: number, bytes: number): void {
    const slot = this.#submitted++ % SLOTS;
    this.#mailbox.freed[slot] = freed;
    this.#mailbox.bytes[slot] = bytes;
  }

  send(): void {
    const { counts } = this.#mailbox;
    Atomics.store(counts, SUBMITTED, this.#submitted);
    Atomics.notify(counts, SUBMITTED);
  }

  receive(): Answer[] {
    const { counts, answers } = this.#mailbox;
    const received: Answer[] = [];
    if (this.#answered === this.#submitted) return received;
    const served = awaitMore(counts, SERVED, this.#answered);
    while (this.#answered < served) received.push(answers[this.#answered++ % SLOTS] as Answer);
    return received;
  }
}

/** The card's end. Concurrency: for one worker thread, which blocks while it waits. */
export class Inbox {
  readonly #mailbox: Mailbox;
  #submitted = 0;
  #served = 0;

  constructor(mailbox: Mailbox) {
    this.#mailbox = mailbox;
  }

  /** The next request; waits for it. It is to be answered before the next one is taken. */
  take(): Request {
    const { counts, freed, bytes } = this.#mailbox;
    if (this.#served === this.#submitted) {
      this.wakeTenant();
      this.#submitted = awaitMore(counts, SUBMITTED, this.#served);
    }
    const slot = this.#served % SLOTS;
    return { number: this.#served, freed: freed[slot] as number, bytes: bytes[slot] as number };
  }

  answer(answer: Answer): void {
    const { counts, answers } = this.#mailbox;
    answers[this.#served++ % SLOTS] = answer;
    Atomics.store(counts, SERVED, this.#served);
    // Half a ring at a time, as waking is dear; `take` wakes it when it has nothing left to be answered.
    if (this.#served % (SLOTS / 2) === 0) this.wakeTenant();
  }

  /** To be called when all of the tenant's requests are answered. */
  wakeTenant(): void {
    Atomics.notify(this.#mailbox.counts, SERVED);
  }
}

/** Waits until a count has passed `known`. */
function awaitMore(counts: Int32Array, count: number, known: number): number {
  for (;;) {
    const value = Atomics.load(counts, count);
    if (value > known) return value;
    Atomics.wait(counts, count, known);
  }
}
