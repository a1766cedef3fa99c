import { describe, expect, test } from "vitest";
import { type PickleValue, readPickle } from "../../../src/trace/pickle.ts";

/** A pickle from opcodes and texts: numbers are bytes, a string is its UTF-8. */
function pickle(...parts: readonly (number | string)[]): Uint8Array {
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.of(part))));
}

const read = (...parts: readonly (number | string)[]): PickleValue => readPickle(pickle(...parts), "t.pickle");
const STOP = ".";
const LIMITS = { depth: 3, memoryBytes: 4_096 };

describe("values", () => {
  test.each<[string, PickleValue, (number | string)[]]>([
    ["None", null, ["N"]],
    ["True", true, [0x88]],
    ["False", false, [0x89]],
    ["True in protocol 0", true, ["I01\n"]],
    ["an integer as text", -42, ["I-42\n"]],
    ["a long as text", 7, ["L7L\n"]],
    ["one byte", 255, ["K", 255]],
    ["two bytes", 0x0201, ["M", 1, 2]],
    ["four bytes, negative", -2, ["J", 0xfe, 0xff, 0xff, 0xff]],
    ["an empty long", 0, [0x8a, 0]],
    ["a negative long", -1, [0x8a, 1, 0xff]],
    ["2^53-1", 2 ** 53 - 1, [0x8a, 7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f]],
    ["2^53, a bigint", 2n ** 53n, [0x8a, 7, 0, 0, 0, 0, 0, 0, 0x20]],
    ["a long with a long length", 1, [0x8b, 1, 0, 0, 0, 1]],
    ["a float", 1.5, ["G", 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]],
    ["a float as text", 1e300, ["F1e+300\n"]],
    ["infinity as text", Number.NEGATIVE_INFINITY, ["F-inf\n"]],
    ["a short text", "hé", [0x8c, 3, "hé"]],
    ["a text", "ab", ["X", 2, 0, 0, 0, "ab"]],
    ["a text with an eight-byte length", "a", [0x8d, 1, 0, 0, 0, 0, 0, 0, 0, "a"]],
    ["an escaped text", "a€😀", ["Va\\u20ac\\U0001f600\n"]],
    ["bytes", new Uint8Array([1, 2]), ["C", 2, 1, 2]],
    ["an empty tuple", [], [")"]],
    ["a tuple of two", [1, 2], ["K", 1, "K", 2, 0x86]],
    ["a tuple from a mark", [1], ["(", "K", 1, "t"]],
    ["a list", [1, 2, 3], ["]", "K", 1, "a", "(", "K", 2, "K", 3, "e"]],
    ["a dict", new Map([["a", 1]]), ["}", 0x8c, 1, "a", "K", 1, "s"]],
    ["a dict from a mark", new Map([[1, 2]]), ["(", "K", 1, "K", 2, "d"]],
    ["a set", new Set([1]), [0x8f, "(", "K", 1, 0x90]],
    ["a frozen set", new Set([1]), ["(", "K", 1, 0x91]],
    ["a memo", [7, 7], ["K", 7, 0x94, "h", 0, 0x86]],
    ["a memo of protocol 0", [7, 7], ["I7\n", "p0\n", "g0\n", 0x86]],
    ["protocol and frame", 1, [0x80, 4, 0x95, 3, 0, 0, 0, 0, 0, 0, 0, "K", 1]],
  ])("reads %s", (_, value, parts) => {
    expect(read(...parts, STOP)).toEqual(value);
  });

  test("keeps a key that would reach a prototype as a key", () => {
    const value = read("}", 0x8c, 9, "__proto__", "}", "s", STOP);
    expect(value).toEqual(new Map([["__proto__", new Map()]]));
    expect(Object.getPrototypeOf(value)).toBe(Map.prototype);
  });

  test("survives a list that contains itself", () => {
    const list = read("]", 0x94, "h", 0, "a", STOP) as PickleValue[];
    expect(list[0]).toBe(list);
  });
});

describe("classes", () => {
  test.each<[string, string, (number | string)[]]>([
    ["GLOBAL", 'the class "os.system"', ["cos\nsystem\n"]],
    ["INST", 'the class "os.system"', ["(ios\nsystem\n"]],
    ["STACK_GLOBAL", 'the class "os.system"', [0x8c, 2, "os", 0x8c, 6, "system", 0x93]],
    ["STACK_GLOBAL without names", "a class;", [0x93]],
    ["REDUCE", "a call (REDUCE)", ["NNR"]],
    ["BUILD", "a call (BUILD)", ["NNb"]],
    ["NEWOBJ", "a call (NEWOBJ)", ["NN", 0x81]],
    ["NEWOBJ_EX", "a call (NEWOBJ_EX)", ["NNN", 0x92]],
    ["OBJ", "a call (OBJ)", ["(No"]],
    ["EXT1", "the class number 5", [0x82, 5]],
    ["EXT2", "the class number 5", [0x83, 5, 0]],
    ["EXT4", "the class number 5", [0x84, 5, 0, 0, 0]],
    ["PERSID", 'the object "x"', ["Px\n"]],
    ["BINPERSID", "an object outside", ["NQ"]],
  ])("refuses %s", (_, asked, parts) => {
    expect(() => read(...parts, STOP)).toThrow(`asks for ${asked}`);
  });

  test("shows nothing of a class's name that a terminal would act on", () => {
    expect(() => read("c\u001b[2J\nx\n", STOP)).toThrow('"\\u001b[2J.x"');
  });
});

describe("damage", () => {
  test.each<[string, string, (number | string)[]]>([
    ["an empty file", "byte 0: 1 more bytes are needed where 0 are left", []],
    ["a file that ends before STOP", "byte 1: 1 more bytes", ["N"]],
    ["a text beyond the end", "byte 0: 2147483647 more bytes are needed where 2", ["X", 0xff, 0xff, 0xff, 0x7f, "ab"]],
    ["a text of 2^64-1 bytes", "more bytes are needed", [0x8d, 255, 255, 255, 255, 255, 255, 255, 255]],
    ["a frame beyond the end", "a frame of 9 bytes begins where 2 are left", [0x95, 9, 0, 0, 0, 0, 0, 0, 0, "N."]],
    ["a line without an end", "byte 0: the file ends within a line", ["I12"]],
    ["an unknown opcode", "byte 1: unknown opcode 0xff", ["N", 0xff]],
    ["protocol 6", "protocol 6 is unknown; allowed: 0 to 5", [0x80, 6]],
    ["a memo that was never set", "memo 3 was never set", ["h", 3]],
    ["a memo index that is none", '"x" is not a memo index', ["gx\n"]],
    ["an empty stack", "a value is missing on the stack", ["a", STOP]],
    ["a value below a mark", "a value is missing on the stack", ["N(0"]],
    ["a missing mark", "a mark is missing on the stack", ["t"]],
    ["a value that is left over", "values are left over at the end", ["NN", STOP]],
    ["bytes after the end", "1 bytes follow the end", ["N", STOP, "N"]],
    ["appending to a number", "not a list", ["K", 1, "Na"]],
    ["a key in a list", "not a dict", ["]", "NNs"]],
    ["an item in a dict", "not a set", ["}", "(N", 0x90]],
    ["a key without a value", "a key has no value", ["(Nd"]],
    ["a number that is none", '"1x" is not a whole number', ["I1x\n"]],
    ["a float that is none", '"" is not a number', ["F\n"]],
    ["a character beyond Unicode", "is not a character", ["V\\U00110000\n"]],
  ])("complains about %s", (_, problem, parts) => {
    expect(() => read(...parts)).toThrow(problem);
  });

  test("reads a number of 255 bytes, and refuses one of 256", () => {
    expect(read(0x8b, 255, 0, 0, 0, "\0".repeat(255), STOP)).toBe(0);
    expect(() => read(0x8b, 0, 1, 0, 0, "\0".repeat(256), STOP)).toThrow("a number of 256 bytes; allowed: up to 255");
  });

  test("gives every prefix of a pickle an error with its name and a byte", () => {
    const whole = pickle(0x80, 4, "]", 0x94, "(", "X", 1, 0, 0, 0, "a", "I12\n", 0x8a, 2, 1, 1, "h", 0, "e", STOP);
    for (let length = 0; length < whole.length; length++) {
      expect(() => readPickle(whole.subarray(0, length), "t.pickle")).toThrow(/^t\.pickle: byte \d+: /);
    }
    expect(readPickle(whole, "t.pickle")).toHaveLength(4);
  });
});

describe("limits", () => {
  test("reads as many open marks as allowed, and not one more", () => {
    expect(readPickle(pickle("(((ttt", STOP), "t", LIMITS)).toEqual([[[]]]);
    expect(() => readPickle(pickle("((((tttt", STOP), "t", LIMITS)).toThrow("nested more than 3 deep");
  });

  test("stops when the values would take too much memory", () => {
    const lists = (count: number): Uint8Array => pickle("(", "]".repeat(count), "t", STOP);
    expect(readPickle(lists(40), "t", LIMITS)).toHaveLength(40);
    expect(() => readPickle(lists(60), "t", LIMITS)).toThrow("more than the 4096 bytes of memory");
  });

  test("counts what is only remembered, and what is only repeated", () => {
    expect(() => readPickle(pickle("N", Array(99).fill("\u0071\u0001").join(""), STOP), "t", LIMITS)).toThrow("memory");
    expect(() => readPickle(pickle("N", 0x94, "(", Array(300).fill("h\0").join(""), "t", STOP), "t", LIMITS)).toThrow(
      "memory",
    );
  });

  test("reads nesting without marks without recursion", () => {
    const depth = 200_000;
    expect(read("]".repeat(depth), "a".repeat(depth - 1), STOP)).toHaveLength(1);
  });
});
