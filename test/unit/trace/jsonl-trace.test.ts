import { describe, expect, test } from "vitest";
import { ALLOCATES, ALLOCATES_IN_SYSTEM } from "../../../src/trace/allocation-trace.ts";
import { type JsonlTrace, readJsonlTrace } from "../../../src/trace/jsonl-trace.ts";

const HEADER = '{"dmemcg-trace":1}';
const read = (...lines: string[]): JsonlTrace => readJsonlTrace(lines, "t.jsonl");

test("reads allocations and frees", () => {
  const { trace, name } = read(
    HEADER,
    '{"op":"alloc","id":1,"bytes":10}',
    '{"op":"alloc","id":"x","bytes":0}',
    '{"op":"free","id":1}',
  );
  expect([...trace.bytes]).toEqual([10, 0, 0]);
  expect(trace).toMatchObject({ allocations: 2, frees: 1, us: null });
  expect(name).toBeNull();
});

test("reads name, note and number of events from the header", () => {
  expect(read('{"dmemcg-trace":1,"name":"game","note":"n","events":0}').name).toBe("game");
});

test("reads from the header whether memory can be moved, which by default it cannot", () => {
  expect(read('{"dmemcg-trace":1,"movable":true}').movable).toBe(true);
  expect(read('{"dmemcg-trace":1,"movable":false}').movable).toBe(false);
  expect(read(HEADER).movable).toBe(false);
});

test("reads where an allocation is to be, by default on the card", () => {
  const at = (id: number, place: string): string => `{"op":"alloc","id":${id},"bytes":1${place}}`;
  const { trace } = read(HEADER, at(1, ""), at(2, ',"place":"vram"'), at(3, ',"place":"system"'));
  expect([...trace.freed]).toEqual([ALLOCATES, ALLOCATES, ALLOCATES_IN_SYSTEM]);
});

test("reads times", () => {
  const { trace } = read(HEADER, '{"op":"alloc","id":1,"bytes":1,"us":0}', '{"op":"free","id":1,"us":2.5}');
  expect(trace.us).toEqual(new Float64Array([0, 2.5]));
});

test("skips empty lines", () => {
  expect(read("", HEADER, "  ", '{"op":"free","id":1}', "").trace.frees).toBe(1);
});

test("tells a number from a text that looks like it", () => {
  expect(read(HEADER, '{"op":"alloc","id":1,"bytes":1}', '{"op":"free","id":"1"}').trace.unknownFrees).toBe(1);
});

test("takes 2^53-1 bytes", () => {
  expect(read(HEADER, '{"op":"alloc","id":1,"bytes":9007199254740991}').trace.bytes[0]).toBe(2 ** 53 - 1);
});

test("takes an id again once it was freed", () => {
  const event = '{"op":"alloc","id":1,"bytes":1}';
  expect(read(HEADER, event, '{"op":"free","id":1}', event).trace.allocations).toBe(2);
});

describe("complaints", () => {
  test.each<[string, string[], string]>([
    ["an empty file", [], "t.jsonl: empty; the first line must be a header"],
    ["a missing header", ['{"op":"free","id":1}'], "t.jsonl:1: no header"],
    ["another version", ['{"dmemcg-trace":2}'], '"dmemcg-trace" is 2; allowed: 1'],
    ["an unknown field of the header", ['{"dmemcg-trace":1,"nam":"x"}'], 'unknown field "nam" (did you mean "name"?)'],
    ["a name that is none", ['{"dmemcg-trace":1,"name":7}'], '"name" is 7; allowed: a text'],
    ["movable that is neither", ['{"dmemcg-trace":1,"movable":"yes"}'], '"movable" is "yes"; allowed: true or false'],
    ["movable misspelt", ['{"dmemcg-trace":1,"moveable":true}'], 'unknown field "moveable" (did you mean "movable"?)'],
    [
      "an unknown place",
      [HEADER, '{"op":"alloc","id":1,"bytes":1,"place":"gtt"}'],
      '"place" is "gtt"; allowed: "vram" or "system"',
    ],
    ["the place of a free", [HEADER, '{"op":"free","id":1,"place":"vram"}'], 'unknown field "place"'],
    ["a number of events that is none", ['{"dmemcg-trace":1,"events":-1}'], '"events" is -1'],
    ["a truncated line", [HEADER, '{"op":"alloc","id":1,"by'], "t.jsonl:2: not JSON"],
    ["a line that is no object", [HEADER, "[]"], "t.jsonl:2: not a JSON object"],
    [
      "an unknown field",
      [HEADER, '{"op":"alloc","id":1,"byts":1}'],
      't.jsonl:2: unknown field "byts" (did you mean "bytes"?)',
    ],
    ["__proto__", [HEADER, '{"op":"free","id":1,"__proto__":{}}'], 'unknown field "__proto__"'],
    ["bytes of a free", [HEADER, '{"op":"free","id":1,"bytes":1}'], 'unknown field "bytes"'],
    ["an unknown op", [HEADER, '{"op":"map","id":1}'], '"op" is "map"; allowed: "alloc" or "free"'],
    ["a missing op", [HEADER, '{"id":1}'], '"op" is missing'],
    ["a missing id", [HEADER, '{"op":"free"}'], '"id" is missing'],
    ["an id beyond 2^53-1", [HEADER, '{"op":"free","id":9007199254740992}'], '"id" is 9007199254740992'],
    ["missing bytes", [HEADER, '{"op":"alloc","id":1}'], '"bytes" is missing; allowed: whole bytes, 0 to 2^53-1'],
    ["negative bytes", [HEADER, '{"op":"alloc","id":1,"bytes":-1}'], '"bytes" is -1'],
    ["half a byte", [HEADER, '{"op":"alloc","id":1,"bytes":0.5}'], '"bytes" is 0.5'],
    ["2^53 bytes", [HEADER, '{"op":"alloc","id":1,"bytes":9007199254740992}'], '"bytes" is 9007199254740992'],
    ["bytes as a text", [HEADER, '{"op":"alloc","id":1,"bytes":"1"}'], '"bytes" is "1"'],
    [
      "deep nesting",
      [HEADER, `{"op":"alloc","id":1,"bytes":${"[".repeat(30_000)}${"]".repeat(30_000)}}`],
      '"bytes" is an object',
    ],
    ["a negative time", [HEADER, '{"op":"free","id":1,"us":-1}'], '"us" is -1'],
  ])("names %s", (_, lines, problem) => {
    expect(() => read(...lines)).toThrow(problem);
  });

  test("names an id that is in use", () => {
    const event = '{"op":"alloc","id":1,"bytes":1}';
    expect(() => read(HEADER, event, event)).toThrow("t.jsonl:3: id 1 is in use");
  });

  test("names a time that falls", () => {
    const at = (us: number): string => `{"op":"free","id":1,"us":${us}}`;
    expect(read(HEADER, at(5), at(5)).trace.frees).toBe(2);
    expect(() => read(HEADER, at(5), at(4))).toThrow('"us" is 4; allowed: microseconds, 5 or later');
  });

  test("wants times on all events or on none", () => {
    const [timed, untimed] = ['{"op":"free","id":1,"us":1}', '{"op":"free","id":1}'];
    expect(() => read(HEADER, timed, untimed)).toThrow('t.jsonl:3: "us" must be on every event or on none');
    expect(() => read(HEADER, untimed, timed)).toThrow("must be on every event or on none");
  });

  test("finds a file that is too short or too long for its header", () => {
    const header = '{"dmemcg-trace":1,"events":1}';
    const event = '{"op":"free","id":1}';
    expect(read(header, event).trace.frees).toBe(1);
    expect(() => read(header)).toThrow("ends after 0 of 1 events");
    expect(() => read(header, event, event)).toThrow("ends after 2 of 1 events");
  });
});
