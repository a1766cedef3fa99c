import { DICT_BYTES, LIST_BYTES, type PickleMachine, SLOT_BYTES, VALUE_BYTES } from "./pickle-machine.ts";

// How the single values of a pickle are written. Each function reads one from the input and pushes it.

/**
 * Digits of a number written as text, and bytes of a long one: far above 64 bits, far below what takes time to convert.
 */
const MAX_NUMBER_LENGTH = 255;

const NAMED_FLOATS: ReadonlyMap<string, number> = new Map([
  ["inf", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
  ["nan", Number.NaN],
  ["-nan", Number.NaN],
]);

/** Protocols 0 and 1 write booleans as the numbers `00` and `01`. */
export function pushInt(machine: PickleMachine): void {
  const text = machine.input.line();
  if (text === "00" || text === "01") machine.push(text === "01");
  else pushDigits(machine, text);
}

export function pushDigits(machine: PickleMachine, text: string): void {
  if (text.length > MAX_NUMBER_LENGTH || !/^-?\d+$/.test(text))
    machine.input.fail(`${quote(text)} is not a whole number`);
  pushWhole(machine, BigInt(text));
}

/** Two's complement, little-endian, no bytes at all for 0. */
export function pushLong(machine: PickleMachine, length: number): void {
  if (length > MAX_NUMBER_LENGTH)
    machine.input.fail(`a number of ${length} bytes; allowed: up to ${MAX_NUMBER_LENGTH}`);
  const hex = Buffer.from(machine.input.take(length)).reverse().toString("hex");
  pushWhole(machine, BigInt.asIntN(length * 8, BigInt(`0x${hex || "0"}`)));
}

function pushWhole(machine: PickleMachine, value: bigint): void {
  const number = Number(value);
  machine.push(Number.isSafeInteger(number) ? number : value, VALUE_BYTES);
}

export function pushFloat(machine: PickleMachine): void {
  const text = machine.input.line();
  const value = NAMED_FLOATS.get(text) ?? (/^[-\d.]/.test(text) ? Number(text) : Number.NaN);
  if (Number.isNaN(value) && !NAMED_FLOATS.has(text)) machine.input.fail(`${quote(text)} is not a number`);
  machine.push(value, VALUE_BYTES);
}

/** Python's raw-unicode-escape: Latin-1, and `\u` or `\U` for the rest. */
export function pushEscaped(machine: PickleMachine): void {
  const value = machine.input.line().replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (text, short, long) => {
    const code = Number.parseInt(short ?? long, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : machine.input.fail(`${text} is not a character`);
  });
  machine.push(value, VALUE_BYTES + value.length);
}

export function pushText(machine: PickleMachine, length: number): void {
  machine.push(Buffer.from(machine.input.take(length)).toString("utf8"), VALUE_BYTES + length);
}

export function pushBytes(machine: PickleMachine, length: number): void {
  machine.push(Uint8Array.from(machine.input.take(length)), DICT_BYTES + length);
}

/** A list, or a tuple, of everything above the innermost mark. */
export function pushList(machine: PickleMachine): void {
  const items = machine.popToMark();
  machine.push(items, LIST_BYTES + items.length * SLOT_BYTES);
}

export function pushTuple(machine: PickleMachine, length: number): void {
  const items = Array.from({ length }, () => machine.pop());
  machine.push(items.reverse(), LIST_BYTES + length * SLOT_BYTES);
}

export function pushDict(machine: PickleMachine): void {
  const flat = machine.popToMark();
  machine.push(new Map(), DICT_BYTES);
  machine.setItems(flat);
}

export function pushFrozenSet(machine: PickleMachine): void {
  const items = machine.popToMark();
  machine.push(new Set(), DICT_BYTES);
  machine.addToSet(items);
}

export function memoIndex(machine: PickleMachine): number {
  const text = machine.input.line();
  return /^\d{1,10}$/.test(text) ? Number(text) : machine.input.fail(`${quote(text)} is not a memo index`);
}

/** Text from a file, fit for a terminal: quoted, short, and nothing but printable ASCII. */
export function quote(text: string): string {
  const short = text.length > 200 ? `${text.slice(0, 200)}...` : text;
  return `"${short.replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`;
}
