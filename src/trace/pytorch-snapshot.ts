import { isBytes } from "../core/bytes.ts";
import { type AllocationId, type AllocationTrace, MAX_EVENTS, TraceBuilder } from "./allocation-trace.ts";
import { type PickleValue, readPickle } from "./pickle.ts";
import { TraceError } from "./trace-error.ts";

/** What of a snapshot is replayed: what tensors hold, or what the process holds of the device. */
export type View = "tensors" | "segments";
export const VIEWS: readonly View[] = ["tensors", "segments"];

const ACTIONS: Record<View, { alloc: string; free: string }> = {
  tensors: { alloc: "alloc", free: "free_completed" },
  segments: { alloc: "segment_alloc", free: "segment_free" },
};

export interface SnapshotOptions {
  /** What the errors call the input, usually its path. */
  readonly source: string;
  readonly view: View;
  /** Number of the GPU; `null` for the only one that has events. */
  readonly device: number | null;
}

export interface Snapshot {
  readonly trace: AllocationTrace;
  readonly device: number;
  /** Events that the view leaves out, by action. */
  readonly leftOut: ReadonlyMap<string, number>;
}

type Dict = ReadonlyMap<PickleValue, PickleValue>;

/**
 * Reads a memory snapshot of PyTorch (`torch.cuda.memory._dump_snapshot`).
 *
 * Fields that it does not need are ignored, as PyTorch adds some with every release. Times are kept if every event of
 * the view has one.
 *
 * @throws {TraceError} naming the byte, the event or the device that is wrong
 */
export function readPytorchSnapshot(bytes: Uint8Array, options: SnapshotOptions): Snapshot {
  const top = readPickle(bytes, options.source);
  const devices = top instanceof Map ? top.get("device_traces") : undefined;
  if (!Array.isArray(devices))
    throw new TraceError(`${options.source}: no memory snapshot of PyTorch: no list "device_traces" at its top`);
  const device = chooseDevice(devices, options);
  return readDevice(devices[device] as PickleValue[], device, options);
}

function chooseDevice(devices: readonly PickleValue[], { source, device }: SnapshotOptions): number {
  const recorded = [...devices.keys()].filter((d) => listLength(devices[d]) > 0);
  const allowed = recorded.map((d) => `${d} (${listLength(devices[d])} events)`).join(", ") || "none has any";
  if (recorded.length === 0) throw new TraceError(`${source}: no device has events; was the history recorded?`);
  if (device === null && recorded.length > 1)
    throw new TraceError(`${source}: several devices have events, choose one; allowed: ${allowed}`);
  const chosen = device ?? (recorded[0] as number);
  if (!recorded.includes(chosen))
    throw new TraceError(`${source}: device ${chosen} has no events; allowed: ${allowed}`);
  return chosen;
}

function listLength(value: PickleValue | undefined): number {
  return Array.isArray(value) ? value.length : 0;
}

function readDevice(events: readonly PickleValue[], device: number, options: SnapshotOptions): Snapshot {
  if (events.length > MAX_EVENTS)
    throw new TraceError(`${options.source}: ${events.length} events; allowed: up to ${MAX_EVENTS}`);
  const actions = ACTIONS[options.view];
  const builder = new TraceBuilder();
  const leftOut = new Map<string, number>();
  let hasTimes = true;
  for (const [index, value] of events.entries()) {
    const event = new SnapshotEvent(value, `${options.source}: device_traces[${device}][${index}]`);
    if (event.action !== actions.alloc && event.action !== actions.free) {
      leftOut.set(event.action, (leftOut.get(event.action) ?? 0) + 1);
      continue;
    }
    hasTimes &&= event.us !== null;
    if (event.action === actions.alloc) builder.allocate(event.address, event.bytes, event.us ?? 0);
    else builder.free(event.address, event.us ?? 0);
  }
  const trace = builder.build(hasTimes);
  if (trace.allocations + trace.frees > 0) return { trace, device, leftOut };
  throw new TraceError(
    `${options.source}: device ${device} has no ${actions.alloc} or ${actions.free} events for the view "${options.view}"; it has: ${[...leftOut.keys()].join(", ")}`,
  );
}

/** One event, each field checked where it is read. */
class SnapshotEvent {
  readonly #event: Dict;
  readonly #place: string;

  constructor(value: PickleValue, place: string) {
    if (!(value instanceof Map)) throw new TraceError(`${place}: not a dict`);
    this.#event = value;
    this.#place = place;
  }

  get action(): string {
    const action = this.#event.get("action");
    return typeof action === "string" && /^\w{1,64}$/.test(action)
      ? action
      : this.#fail("action", "a word such as alloc");
  }

  get address(): AllocationId {
    const address = this.#event.get("addr");
    return isBytes(address) || typeof address === "bigint" ? address : this.#fail("addr", "a whole number");
  }

  get bytes(): number {
    const bytes = this.#event.get("size");
    return isBytes(bytes) ? bytes : this.#fail("size", "whole bytes, 0 to 2^53-1");
  }

  get us(): number | null {
    const us = this.#event.get("time_us") ?? null;
    return us === null || (typeof us === "number" && Number.isFinite(us)) ? us : this.#fail("time_us", "a number");
  }

  #fail(field: string, allowed: string): never {
    const value = this.#event.get(field);
    const shown =
      value === undefined
        ? "missing"
        : typeof value === "object" && value !== null
          ? "a container"
          : JSON.stringify(String(value).slice(0, 80));
    throw new TraceError(`${this.#place}: ${field} is ${shown}; allowed: ${allowed}`);
  }
}
