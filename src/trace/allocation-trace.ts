/** Events that a trace may have. Bounds memory, and stays below the 2^24 entries that a `Map` can take. */
export const MAX_EVENTS = 16_000_000;

/** In {@link AllocationTrace.freed}: the event allocates, on the card if there is room. */
export const ALLOCATES = -1;
/** The same: it allocates what is to be in system memory, whatever room there is on the card. */
export const ALLOCATES_IN_SYSTEM = -2;

/**
 * What one tenant allocated and freed, in order, by event number.
 *
 * The typed arrays lie in shared memory, so that a worker thread can be given them without a copy.
 */
export interface AllocationTrace {
  /** Bytes that the event asks for; 0 for a free. */
  readonly bytes: Float64Array;
  /** Number of the event whose allocation this event frees, or {@link ALLOCATES} or {@link ALLOCATES_IN_SYSTEM}. */
  readonly freed: Int32Array;
  /** Microseconds on the recording's clock, never falling; `null` if it kept none. */
  readonly us: Float64Array | null;
  readonly allocations: number;
  /** Frees that were read, those of unknown allocations included. */
  readonly frees: number;
  /** Frees of what was never allocated, or was freed before: left out of the events. */
  readonly unknownFrees: number;
  /** Allocations at an address that was still in use: the recording lost the free, and one was put in. */
  readonly lostFrees: number;
}

/** An allocation's name within a trace: an address, a number, a text. */
export type AllocationId = number | bigint | string;

interface Event {
  readonly bytes: number;
  readonly us: number;
  /** As in {@link AllocationTrace.freed}. */
  readonly freed: number;
}

/** Collects the events of a trace, and finds for each free the allocation that it belongs to. */
export class TraceBuilder {
  #bytes = new Float64Array(1024);
  #freed = new Int32Array(1024);
  #us = new Float64Array(1024);
  #events = 0;
  readonly #live = new Map<AllocationId, number>();
  #allocations = 0;
  #frees = 0;
  #unknownFrees = 0;
  #lostFrees = 0;

  isLive(id: AllocationId): boolean {
    return this.#live.has(id);
  }

  /** If `id` is still live, its free was lost: it is freed first. */
  allocate(id: AllocationId, bytes: number, us: number): void {
    this.#allocate(id, { bytes, us, freed: ALLOCATES });
  }

  /** The same for what is to be in system memory. */
  allocateInSystem(id: AllocationId, bytes: number, us: number): void {
    this.#allocate(id, { bytes, us, freed: ALLOCATES_IN_SYSTEM });
  }

  #allocate(id: AllocationId, event: Event): void {
    const lost = this.#live.get(id);
    if (lost !== undefined) {
      this.#lostFrees++;
      this.#add({ bytes: 0, us: event.us, freed: lost });
    }
    this.#allocations++;
    this.#live.set(id, this.#events);
    this.#add(event);
  }

  free(id: AllocationId, us: number): void {
    this.#frees++;
    const allocation = this.#live.get(id);
    if (allocation === undefined) {
      this.#unknownFrees++;
      return;
    }
    this.#live.delete(id);
    this.#add({ bytes: 0, us, freed: allocation });
  }

  build(hasTimes: boolean): AllocationTrace {
    const events = this.#events;
    return {
      bytes: sharedFloats(this.#bytes.subarray(0, events)),
      freed: sharedInts(this.#freed.subarray(0, events)),
      us: hasTimes ? this.#us.slice(0, events) : null,
      allocations: this.#allocations,
      frees: this.#frees,
      unknownFrees: this.#unknownFrees,
      lostFrees: this.#lostFrees,
    };
  }

  #add({ bytes, us, freed }: Event): void {
    const event = this.#events++;
    if (event === this.#bytes.length) this.#grow();
    this.#bytes[event] = bytes;
    this.#freed[event] = freed;
    // Threads that record into one trace may be late by a little; the order of the file is what happened.
    this.#us[event] = event === 0 ? us : Math.max(us, this.#us[event - 1] as number);
  }

  #grow(): void {
    const length = this.#events * 2;
    const [bytes, freed, us] = [new Float64Array(length), new Int32Array(length), new Float64Array(length)];
    bytes.set(this.#bytes);
    freed.set(this.#freed);
    us.set(this.#us);
    [this.#bytes, this.#freed, this.#us] = [bytes, freed, us];
  }
}

/** A copy in shared memory. */
export function sharedInts(values: Int32Array): Int32Array {
  const copy = new Int32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

function sharedFloats(values: Float64Array): Float64Array {
  const copy = new Float64Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}
