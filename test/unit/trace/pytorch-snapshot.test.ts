import { describe, expect, test } from "vitest";
import { readPytorchSnapshot, type Snapshot, type SnapshotOptions } from "../../../src/trace/pytorch-snapshot.ts";
import { pickleOf } from "../../support/pickle-writer.ts";

type Event = Record<string, unknown>;

const alloc = (addr: number | bigint, size: unknown, more: Event = {}): Event => ({
  action: "alloc",
  addr,
  size,
  ...more,
});
const free = (addr: number | bigint, more: Event = {}): Event => ({ action: "free_completed", addr, size: 0, ...more });

function read(devices: unknown, options: Partial<SnapshotOptions> = {}): Snapshot {
  const bytes = pickleOf({ segments: [], device_traces: devices });
  return readPytorchSnapshot(bytes, { source: "t.pickle", view: "tensors", device: null, ...options });
}

describe("events", () => {
  test("replays alloc and free_completed, and counts what it leaves out", () => {
    const requested = { action: "free_requested", addr: 16, size: 0 };
    const { trace, leftOut } = read([[alloc(16, 512), requested, free(16), alloc(16, 1024)]]);
    expect([...trace.bytes]).toEqual([512, 0, 1024]);
    expect(trace).toMatchObject({ allocations: 2, frees: 1 });
    expect(leftOut).toEqual(new Map([["free_requested", 1]]));
  });

  test("replays segments instead where asked to", () => {
    const segment = { action: "segment_alloc", addr: 16, size: 2 ** 21 };
    const { trace, leftOut } = read([[segment, alloc(16, 512), { ...segment, action: "segment_free" }]], {
      view: "segments",
    });
    expect([...trace.bytes]).toEqual([2 ** 21, 0]);
    expect(leftOut).toEqual(new Map([["alloc", 1]]));
  });

  test("keeps times where all events have one", () => {
    expect(read([[alloc(1, 1, { time_us: 5 }), free(1, { time_us: 9 })]]).trace.us).toEqual(new Float64Array([5, 9]));
    expect(read([[alloc(1, 1, { time_us: 5 }), free(1)]]).trace.us).toBeNull();
  });

  test("takes addresses beyond 2^53", () => {
    expect(read([[alloc(2n ** 63n, 1), free(2n ** 63n)]]).trace).toMatchObject({ frees: 1, unknownFrees: 0 });
  });

  test("counts frees from before the recording", () => {
    expect(read([[free(7), alloc(8, 1)]]).trace).toMatchObject({ allocations: 1, frees: 1, unknownFrees: 1 });
  });

  test("ignores fields that it does not know", () => {
    expect(
      read([[alloc(1, 1, { stream: 0, frames: [{ name: "f" }], new_in_some_release: true })]]).trace.allocations,
    ).toBe(1);
  });
});

describe("devices", () => {
  test("takes the only one with events", () => {
    expect(read([[], [alloc(1, 1)]]).device).toBe(1);
  });

  test("asks which, where several have events", () => {
    const both = [[alloc(1, 1)], [alloc(1, 1), free(1)]];
    expect(() => read(both)).toThrow("choose one; allowed: 0 (1 events), 1 (2 events)");
    expect(read(both, { device: 1 }).trace.frees).toBe(1);
  });

  test("names those that there are", () => {
    expect(() => read([[alloc(1, 1)], []], { device: 1 })).toThrow("device 1 has no events; allowed: 0 (1 events)");
    expect(() => read([[], []])).toThrow("no device has events");
  });
});

describe("complaints", () => {
  test.each<[string, unknown, string]>([
    ["a negative size", alloc(1, -5), 'device_traces[0][0]: size is "-5"'],
    ["a fraction of a byte", alloc(1, 1.5), 'size is "1.5"; allowed: whole bytes'],
    ["2^53 bytes", alloc(1, 2n ** 53n), "size is"],
    ["no size", { action: "alloc", addr: 1 }, "size is missing"],
    ["a size that is a list", alloc(1, []), "size is a container"],
    ["no action", { addr: 1, size: 1 }, "action is missing"],
    ["an action that is no word", { action: "\u001b[2J" }, "action is"],
    ["an address that is a text", { action: "alloc", addr: "x", size: 1 }, 'addr is "x"'],
    ["a time that is none", alloc(1, 1, { time_us: "now" }), 'time_us is "now"'],
    ["an event that is no dict", 7, "device_traces[0][0]: not a dict"],
  ])("names %s", (_, event, problem) => {
    expect(() => read([[event]])).toThrow(problem);
  });

  test("takes 2^53-1 bytes", () => {
    expect(read([[alloc(1, 2 ** 53 - 1)]]).trace.bytes[0]).toBe(2 ** 53 - 1);
  });

  test("knows another pickle from a snapshot", () => {
    const options = { source: "t.pickle", view: "tensors", device: null } as const;
    expect(() => readPytorchSnapshot(pickleOf({ a: 1 }), options)).toThrow(
      'no memory snapshot of PyTorch: no list "device_traces"',
    );
    expect(() => readPytorchSnapshot(pickleOf([]), options)).toThrow("no memory snapshot");
  });

  test("names the events that there are, where the view has none", () => {
    expect(() => read([[alloc(1, 1)]], { view: "segments" })).toThrow('for the view "segments"; it has: alloc');
  });
});
