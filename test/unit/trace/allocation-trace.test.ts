import { expect, test } from "vitest";
import { ALLOCATES, ALLOCATES_IN_SYSTEM, TraceBuilder } from "../../../src/trace/allocation-trace.ts";

test("resolves a free to the event that allocated", () => {
  const builder = new TraceBuilder();
  builder.allocate("a", 10, 0);
  builder.allocate("b", 20, 1);
  builder.free("a", 2);
  const trace = builder.build(true);
  expect([...trace.bytes]).toEqual([10, 20, 0]);
  expect([...trace.freed]).toEqual([ALLOCATES, ALLOCATES, 0]);
  expect([...(trace.us ?? [])]).toEqual([0, 1, 2]);
  expect(trace).toMatchObject({ allocations: 2, frees: 1, unknownFrees: 0, lostFrees: 0 });
});

test("tells what is to be in system memory", () => {
  const builder = new TraceBuilder();
  builder.allocateInSystem("a", 10, 0);
  builder.free("a", 1);
  const trace = builder.build(true);
  expect([...trace.bytes]).toEqual([10, 0]);
  expect([...trace.freed]).toEqual([ALLOCATES_IN_SYSTEM, 0]);
  expect(trace).toMatchObject({ allocations: 1, frees: 1 });
});

test("counts frees of what was never allocated, or twice, and leaves them out", () => {
  const builder = new TraceBuilder();
  builder.free(1, 0);
  builder.allocate(1, 10, 0);
  builder.free(1, 0);
  builder.free(1, 0);
  expect(builder.build(false)).toMatchObject({
    frees: 3,
    unknownFrees: 2,
    us: null,
    freed: new Int32Array([ALLOCATES, 0]),
  });
});

test("puts in the free of an address that is allocated again", () => {
  const builder = new TraceBuilder();
  builder.allocate(1, 10, 0);
  builder.allocate(1, 20, 5);
  builder.free(1, 6);
  const trace = builder.build(true);
  expect([...trace.freed]).toEqual([ALLOCATES, 0, ALLOCATES, 2]);
  expect(trace).toMatchObject({ allocations: 2, frees: 1, lostFrees: 1 });
});

test("never lets time fall", () => {
  const builder = new TraceBuilder();
  builder.allocate(1, 1, 9);
  builder.allocate(2, 1, 3);
  expect([...(builder.build(true).us ?? [])]).toEqual([9, 9]);
});

test("keeps its events when it grows", () => {
  const builder = new TraceBuilder();
  for (let i = 0; i < 5_000; i++) builder.allocate(i, i, i);
  const { bytes } = builder.build(false);
  expect(bytes).toHaveLength(5_000);
  expect(bytes.every((value, i) => value === i)).toBe(true);
});

test("lies in shared memory, for a worker to be given", () => {
  expect(new TraceBuilder().build(false).bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
});
