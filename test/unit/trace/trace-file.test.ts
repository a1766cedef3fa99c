import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAX_LINE_BYTES } from "../../../src/trace/jsonl-trace.ts";
import { readTraceFile, type TraceFile } from "../../../src/trace/trace-file.ts";
import { pickleOf } from "../../support/pickle-writer.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dmemcg-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER = '{"dmemcg-trace":1,"name":"web","movable":true}\n';
const EVENT = '{"op":"alloc","id":1,"bytes":7}';

function read(name: string, contents?: string | Uint8Array): TraceFile {
  const path = join(folder, name);
  if (contents !== undefined) writeFileSync(path, contents);
  return readTraceFile(path, { view: "tensors", device: null });
}

test("knows a snapshot of PyTorch by its first byte, whatever it is called", () => {
  const snapshot = pickleOf({ device_traces: [[{ action: "alloc", addr: 1, size: 7 }]] });
  expect(read("a.txt", snapshot)).toMatchObject({
    format: "pytorch",
    device: 0,
    name: null,
    movable: false,
    trace: { allocations: 1 },
  });
});

test("knows JSON Lines", () => {
  expect(read("b.txt", `${HEADER}${EVENT}\n`)).toMatchObject({
    format: "jsonl",
    device: null,
    name: "web",
    movable: true,
    trace: { allocations: 1 },
  });
});

test("takes any file for a pickle that is called so", () => {
  expect(() => read("class.pickle", "cos\nsystem\n.")).toThrow('asks for the class "os.system"');
  expect(() => read("text.pkl", "~")).toThrow("byte 0: unknown opcode 0x7e");
});

test("needs no newline at the end, and takes those of Windows", () => {
  expect(read("c.jsonl", `${HEADER}${EVENT}`).trace.allocations).toBe(1);
  expect(read("d.jsonl", `${HEADER}${EVENT}`.replaceAll("\n", "\r\n")).trace.allocations).toBe(1);
});

test("reads lines across the borders of its chunks", () => {
  const events = Array.from({ length: 10_000 }, (_, id) => `{"op":"alloc","id":"é${id}","bytes":1}\n`);
  expect(read("e.jsonl", HEADER + events.join("")).trace.allocations).toBe(10_000);
});

test("bounds the length of a line", () => {
  expect(read("f.jsonl", `${HEADER}${EVENT.padEnd(MAX_LINE_BYTES)}\n`).trace.allocations).toBe(1);
  expect(() => read("g.jsonl", `${HEADER}${EVENT.padEnd(MAX_LINE_BYTES + 1)}\n`)).toThrow(
    "g.jsonl:2: a line of more than 65536 bytes",
  );
  expect(() => read("h.jsonl", `${HEADER}${" ".repeat(4 * MAX_LINE_BYTES)}`)).toThrow("h.jsonl:2: a line of more than");
});

describe("complaints", () => {
  test.each<[string, string, string | Uint8Array | undefined, string]>([
    ["a missing file", "missing", undefined, "missing: no such file"],
    ["a directory", ".", undefined, "a directory; allowed: a file"],
    ["an empty file", "empty", "", "empty: empty"],
    ["another kind of file", "hello.txt", "hello", "not a trace; allowed: a memory snapshot of PyTorch"],
    ["a compressed file", "trace.gz", new Uint8Array([0x1f, 0x8b]), "compressed? unpack it first"],
    [
      "a file that is not text",
      "latin1.jsonl",
      Buffer.concat([Buffer.from(HEADER), Buffer.of(0xff)]),
      "latin1.jsonl:2: not UTF-8",
    ],
  ])("names %s", (_, name, contents, problem) => {
    expect(() => read(name, contents)).toThrow(problem);
  });
});
