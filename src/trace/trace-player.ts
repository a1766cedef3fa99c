import { ALLOCATES, type AllocationTrace } from "./allocation-trace.ts";

/** Requests and the bytes that they asked for. */
export interface Tally {
  requests: number;
  bytes: number;
}

/** What became of the events that were played. */
export interface Played {
  readonly charged: Tally;
  readonly freed: Tally;
  readonly refused: {
    /** By a limit of the tenant's own pool. */
    readonly byTenant: Tally;
    /** By a limit above it: the card was full. */
    readonly byCard: Tally;
  };
  /** Frees of what had been refused: nothing to give back. */
  readonly skippedFrees: number;
}

/** Where the player charges: a pool, as far as it needs one. */
export interface ChargeTarget {
  /** @returns `null` if charged, otherwise the pool whose limit was hit */
  tryCharge(bytes: number): object | null;
  uncharge(bytes: number): void;
}

/** Plays a tenant's events in order against one pool, some at a time. */
export class TracePlayer {
  readonly #bytes: Float64Array;
  readonly #freed: Int32Array;
  readonly #pool: ChargeTarget;
  /** By event: 1 if it was an allocation that was refused. */
  readonly #refused: Uint8Array;
  #position = 0;
  readonly #charged = tally();
  readonly #freedTally = tally();
  readonly #byTenant = tally();
  readonly #byCard = tally();
  #skippedFrees = 0;

  constructor(events: Pick<AllocationTrace, "bytes" | "freed">, pool: ChargeTarget) {
    this.#bytes = events.bytes;
    this.#freed = events.freed;
    this.#pool = pool;
    this.#refused = new Uint8Array(events.bytes.length);
  }

  /** Events that have been played. */
  get position(): number {
    return this.#position;
  }

  /** Plays the next `events` events, or as many as are left. */
  play(events: number): void {
    const end = Math.min(this.#position + events, this.#bytes.length);
    while (this.#position < end) {
      const event = this.#position++;
      const allocation = this.#freed[event] as number;
      if (allocation === ALLOCATES) this.#allocate(event);
      else this.#free(allocation);
    }
  }

  get played(): Played {
    return {
      charged: this.#charged,
      freed: this.#freedTally,
      refused: { byTenant: this.#byTenant, byCard: this.#byCard },
      skippedFrees: this.#skippedFrees,
    };
  }

  #allocate(event: number): void {
    const bytes = this.#bytes[event] as number;
    const limit = this.#pool.tryCharge(bytes);
    if (limit === null) {
      count(this.#charged, bytes);
      return;
    }
    this.#refused[event] = 1;
    count(limit === this.#pool ? this.#byTenant : this.#byCard, bytes);
  }

  #free(allocation: number): void {
    if (this.#refused[allocation] === 1) {
      this.#skippedFrees++;
      return;
    }
    const bytes = this.#bytes[allocation] as number;
    this.#pool.uncharge(bytes);
    count(this.#freedTally, bytes);
  }
}

function tally(): Tally {
  return { requests: 0, bytes: 0 };
}

function count(tally: Tally, bytes: number): void {
  tally.requests++;
  tally.bytes += bytes;
}
