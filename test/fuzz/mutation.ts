import type { Random } from "../property/random.ts";

// Inputs that are nearly right come further than random bytes: each is a valid one with a few changes.

const CHANGES_MAX = 4;
const LENGTH_MAX = 8192;

/** Where numbers go wrong, as text. */
const NUMBERS: readonly string[] = [
  ...["", "0", "-0", "-1", "+1", "00", "08", "0x", "0xg", "0x1", "1e3", "1.5", ".5", "NaN", "Infinity", "max", "-max"],
  ...["2147483647", "2147483648", "4294967295", "4294967296", "2251799813685247", "2251799813685248"],
  ...["9007199254740991", "9007199254740992", "9223372036854775807", "9223372036854775808"],
  ...["18446744073709551615", "18446744073709551616", "18446744073709551615E", "1K", "1KiB", "1e999", "50%", "101%"],
  ...["9".repeat(40), "9".repeat(400), "0".repeat(400)],
];

/** Bytes that mean something to some parser. */
const MEANINGFUL: readonly number[] = [
  ..." \t\n\v\f\r\0.,:;=/+-_\"'\\[]{}()#&*!|>%@`~^?<",
  "é",
  "\u2028",
  "\ud83d\ude00",
].flatMap((character) => [...Buffer.from(character)]);

/** Words where a 32-bit number goes wrong. */
export const EDGE_WORDS: readonly number[] = [
  ...[0, 1, 2, 3, 7, 0x7f, 0x80, 0xff, 0x100, 0x3ff, 0x400, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0x80000001],
  ...[0xfffffff0, 0xfffffffe, 0xffffffff],
];

/** `valid` with up to four changes; pieces of `others` may get into it. Seldom none of it is left. */
export function mutated(random: Random, valid: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  if (random.oneIn(100)) return noise(random, random.below(64));
  let bytes = valid;
  for (let left = random.oneIn(2) ? 1 : random.between(2, CHANGES_MAX); left > 0; left--)
    bytes = changed(random, bytes, others);
  return bytes.subarray(0, LENGTH_MAX);
}

function changed(random: Random, bytes: Uint8Array, others: readonly Uint8Array[]): Uint8Array {
  const [start, end] = span(random, bytes.length);
  const replaced = (...pieces: Uint8Array[]) => joined(bytes.subarray(0, start), ...pieces, bytes.subarray(end));
  switch (random.below(9)) {
    case 0:
      return flipped(random, bytes);
    case 1:
      return bytes.subarray(0, start);
    case 2:
      return replaced();
    case 3:
      return replaced(...Array.from({ length: random.between(2, 5) }, () => bytes.subarray(start, end)));
    case 4:
      return replaced(piece(random, random.pick(others) ?? bytes));
    case 5:
      return replaced(Buffer.from(random.pick(NUMBERS) ?? ""));
    case 6:
      return replaced(Uint8Array.of(random.pick(MEANINGFUL) ?? 0));
    case 7:
      return replaced(noise(random, random.between(1, 8)));
    default:
      return withNumber(random, bytes);
  }
}

/** A run of digits, if there is one, becomes a number that is hard to take. */
function withNumber(random: Random, bytes: Uint8Array): Uint8Array {
  const numbers = [...Buffer.from(bytes).toString("latin1").matchAll(/\d+/g)];
  const chosen = random.pick(numbers);
  if (chosen === undefined) return bytes;
  const text = Buffer.from(random.pick(NUMBERS) ?? "");
  return joined(bytes.subarray(0, chosen.index), text, bytes.subarray(chosen.index + chosen[0].length));
}

function flipped(random: Random, bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const at = random.below(copy.length);
  if (at < copy.length) copy[at] = (copy[at] as number) ^ (1 << random.below(8));
  return copy;
}

function piece(random: Random, bytes: Uint8Array): Uint8Array {
  return bytes.subarray(...span(random, bytes.length));
}

/** Mostly a short one, and any place. */
function span(random: Random, length: number): [number, number] {
  const start = random.below(length + 1);
  const most = random.oneIn(4) ? length - start : Math.min(length - start, 8);
  return [start, start + random.below(most + 1)];
}

export function noise(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

function joined(...pieces: Uint8Array[]): Uint8Array {
  return Buffer.concat(pieces);
}
