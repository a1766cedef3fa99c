import { PAGE_COUNTER_MAX } from "../../assembly/abi.ts";
import { DmemError } from "../core/errors.ts";

// Amounts as people write them into control files. A text is bytes; in a string, each character stands for one byte
// (Latin-1). Nothing here skips white space or a sign.

/** What `max` stands for: the largest counter value, 2^51-1. */
export const UNLIMITED = BigInt(PAGE_COUNTER_MAX);

const LARGEST = 2n ** 64n - 1n;
const PAGE_BYTES = 4096n;

// Base 16 needs a digit behind its prefix, otherwise the `0` stands alone in base 8.
const NUMBER = /^(0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)([kmgtpe]?)/i;
const SUFFIXES = "kmgtpe";

/**
 * Reads a number from the start of `text`: decimal, octal behind `0`, hexadecimal behind `0x`, and then perhaps one
 * of K, M, G, T, P, E in either case, which are powers of 1024. As the kernel's function of this name.
 *
 * @returns the value, at most 2^64-1 (larger ones stick there), and the number of bytes that belong to it; 0 and 0
 * if `text` does not start with a digit
 */
export function memparse(text: Uint8Array | string): { value: bigint; end: number } {
  const match = NUMBER.exec(byteString(text));
  if (match === null) return { value: 0n, end: 0 };
  // Stryker disable next-line StringLiteral: what matches has all three
  const [whole, digits = "", suffix = ""] = match;
  const power = SUFFIXES.indexOf(suffix.toLowerCase()) + 1;
  const value = suffix === "" ? unsigned(digits) : saturate(unsigned(digits) << BigInt(10 * power));
  return { value, end: whole.length };
}

/**
 * Reads a page counter's setting: bytes in the syntax of `memparse`, or the word that `unlimited` names. As the
 * kernel's `page_counter_memparse`.
 *
 * @param unlimited the word for no limit, `max` or `-1`
 * @returns whole pages of 4096 bytes, rounded down, 0 to 2^51-1; 2^51-1 for the word. The empty text is 0.
 * @throws {DmemError} `EINVAL` if anything is left over
 */
export function parseCounter(text: Uint8Array | string, unlimited: string): bigint {
  if (byteString(text) === unlimited) return UNLIMITED;
  const pages = amount(text, unlimited) / PAGE_BYTES;
  // Stryker disable next-line EqualityOperator: both are the same number where they are equal
  return pages < UNLIMITED ? pages : UNLIMITED;
}

/**
 * Reads a dmem setting: bytes in the syntax of `memparse`, or `max`. As the kernel's `dmem_parse_limit`.
 *
 * @returns bytes, 0 to 2^64-1, not rounded; 2^51-1 for `max`. The empty text is 0.
 * @throws {DmemError} `EINVAL` if anything is left over
 */
export function parseLimit(text: Uint8Array | string): bigint {
  return byteString(text) === "max" ? UNLIMITED : amount(text, "max");
}

/** `text` with one character for each byte. */
export function byteString(text: Uint8Array | string): string {
  if (typeof text === "string") return text;
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString("latin1");
}

function amount(text: Uint8Array | string, unlimited: string): bigint {
  const { value, end } = memparse(text);
  if (end === text.length) return value;
  const shown = JSON.stringify(byteString(text));
  throw new DmemError("EINVAL", `${shown} is not an amount: digits and one of K, M, G, T, P, E, or "${unlimited}".`);
}

function unsigned(digits: string): bigint {
  return saturate(BigInt(/^0[0-7]/.test(digits) ? `0o${digits}` : digits));
}

function saturate(value: bigint): bigint {
  // Stryker disable next-line EqualityOperator: both are the same number where they are equal
  return value < LARGEST ? value : LARGEST;
}
