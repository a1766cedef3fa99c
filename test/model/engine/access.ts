import { ADD, GET, LOAD, PUT, REPLACE, STORE, SUBTRACT, WAKE } from "../../../assembly/access.ts";
import type { Words } from "./words.ts";

// What the library does besides, around the module.

/** `Atomics.wait`: sleeps if the word is what it was. */
export const WAIT = 16;
/** Goes on when the word is no longer what it was. */
export const UNTIL = 17;
/** Goes on when somebody else has done something, or nobody can any more: then the answer is 0. */
export const YIELD = 18;
/** Goes on when the agent `address` is dead; never, if it does not die. */
export const DEATH = 19;

/** A charge that need not succeed is refused, if the answer is 1: only where whole calls are tried in turn. */
export const REFUSAL = 20;

export interface Access {
  readonly what: number;
  readonly bits: number;
  readonly address: number;
  readonly value: number;
  readonly expected: number;
}

export const NAMES: Readonly<Record<number, string>> = {
  [LOAD]: "load",
  [STORE]: "store",
  [GET]: "get",
  [PUT]: "put",
  [ADD]: "add",
  [SUBTRACT]: "sub",
  [REPLACE]: "replace",
  [WAKE]: "wake",
  [WAIT]: "wait",
  [UNTIL]: "until",
  [YIELD]: "yield",
  [DEATH]: "death",
  [REFUSAL]: "refusal",
};

/** Whether others can see that it was done. */
export function isWrite(what: number): boolean {
  return what !== LOAD && what !== GET && what !== WAIT && what !== UNTIL;
}

/** Does what the instruction would do. @returns what it would give: of a change, what was there before */
export function perform(words: Words, { what, bits, address, value, expected }: Access): number {
  const before = words.read(address, bits);
  if (what === STORE || what === PUT) words.write(address, bits, value);
  else if (what === ADD) words.write(address, bits, before + value);
  else if (what === SUBTRACT) words.write(address, bits, before - value);
  else if (what === REPLACE && before === unsigned(expected, bits)) words.write(address, bits, value);
  return before;
}

function unsigned(value: number, bits: number): number {
  return bits === 32 ? value >>> 0 : value;
}
