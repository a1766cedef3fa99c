import { ALLOCATES, ALLOCATES_IN_SYSTEM, type AllocationTrace } from "./allocation-trace.ts";

/** What a card says to a request. Numbers, as they cross shared memory. */
export const ANSWER = {
  /** Allocated on the card. */
  inVram: 1,
  /** Allocated in system memory. */
  inSystem: 2,
  /** Not allocated: by a limit of the tenant's own. */
  refusedByTenant: 3,
  /** Not allocated: there was no room on the card that the tenant may have. */
  refusedByCard: 4,
  freed: 5,
  /** There was nothing to free, as it had been refused. */
  nothingToFree: 6,
} as const;

export type Answer = (typeof ANSWER)[keyof typeof ANSWER];

/** A tenant's way to a card. Answers come in the order of the requests. */
export interface RequestChannel {
  /** Whether requests have to be answered before more can be put in. */
  readonly isFull: boolean;
  /** Puts in a request: an event of a trace, as {@link AllocationTrace.freed} and `bytes` have it. */
  put(freed: number, bytes: number): void;
  /** Sends what was put in. */
  send(): void;
  /** Waits for answers: at least one, if one is due. */
  receive(): readonly Answer[];
}

/** Requests and the bytes that they asked for. */
export interface Tally {
  requests: number;
  bytes: number;
}

/** What became of the events that were played. */
export interface Played {
  /** Allocated on the card. */
  readonly charged: Tally;
  /** Allocated in system memory. */
  readonly inSystem: {
    /** As they asked to be. */
    readonly asked: Tally;
    /** For want of room on the card that the tenant may have. */
    readonly noRoom: Tally;
  };
  readonly freed: Tally;
  readonly refused: {
    /** By a limit of the tenant's own. */
    readonly byTenant: Tally;
    /** As there was no room on the card that the tenant may have. */
    readonly byCard: Tally;
  };
  /** Frees of what had been refused: nothing to give back. */
  readonly skippedFrees: number;
}

/** Plays a tenant's events in order, and counts what becomes of them. */
export class TracePlayer {
  readonly #bytes: Float64Array;
  readonly #freed: Int32Array;
  readonly #charged = noRequests();
  readonly #asked = noRequests();
  readonly #noRoom = noRequests();
  readonly #freedTally = noRequests();
  readonly #byTenant = noRequests();
  readonly #byCard = noRequests();
  #skippedFrees = 0;

  constructor({ bytes, freed }: Pick<AllocationTrace, "bytes" | "freed">) {
    this.#bytes = bytes;
    this.#freed = freed;
  }

  /** Sends every event, and waits for every answer. */
  play(channel: RequestChannel): Played {
    const events = this.#freed.length;
    for (let sent = 0, answered = 0; answered < events; ) {
      for (; sent < events && !channel.isFull; sent++) {
        channel.put(this.#freed[sent] as number, this.#bytes[sent] as number);
      }
      channel.send();
      for (const answer of channel.receive()) this.#count(answered++, answer);
    }
    return {
      charged: this.#charged,
      inSystem: { asked: this.#asked, noRoom: this.#noRoom },
      freed: this.#freedTally,
      refused: { byTenant: this.#byTenant, byCard: this.#byCard },
      skippedFrees: this.#skippedFrees,
    };
  }

  #count(event: number, answer: Answer): void {
    const freed = this.#freed[event] as number;
    const tally = this.#tally(answer, freed);
    if (tally === null) {
      this.#skippedFrees++;
      return;
    }
    const allocation = freed === ALLOCATES || freed === ALLOCATES_IN_SYSTEM ? event : freed;
    tally.requests++;
    tally.bytes += this.#bytes[allocation] as number;
  }

  #tally(answer: Answer, freed: number): Tally | null {
    switch (answer) {
      case ANSWER.inVram:
        return this.#charged;
      case ANSWER.inSystem:
        return freed === ALLOCATES_IN_SYSTEM ? this.#asked : this.#noRoom;
      case ANSWER.refusedByTenant:
        return this.#byTenant;
      case ANSWER.refusedByCard:
        return this.#byCard;
      case ANSWER.freed:
        return this.#freedTally;
      case ANSWER.nothingToFree:
        return null;
    }
  }
}

function noRequests(): Tally {
  return { requests: 0, bytes: 0 };
}

export function sum(a: Tally, b: Tally): Tally {
  return { requests: a.requests + b.requests, bytes: a.bytes + b.bytes };
}
