import { AMOUNT_MAX, PAGE_COUNTER_MAX } from "../../assembly/abi.ts";
import { rangeError } from "./errors.ts";

/** A whole number of bytes, 0 to 2^53-1. */
export type Bytes = number;

export const KiB: Bytes = 1024;
export const MiB: Bytes = 1024 ** 2;
export const GiB: Bytes = 1024 ** 3;
export const TiB: Bytes = 1024 ** 4;

export function isBytes(value: unknown): value is Bytes {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= AMOUNT_MAX;
}

/** Complains about anything but a whole number of bytes from 0 to 2^53-1. */
export function requireBytes(value: unknown, what: string): asserts value is Bytes {
  if (!isBytes(value)) throw rangeError(`${what} is a whole number of bytes from 0 to 2^53-1, not ${show(value)}.`);
}

/** The 64-bit value of a limit: `Infinity` is what the files call `max`. */
export function limitValue(value: unknown, what: string): bigint {
  if (value === Number.POSITIVE_INFINITY) return BigInt(PAGE_COUNTER_MAX);
  if (!isBytes(value)) {
    throw rangeError(`${what} is a whole number of bytes from 0 to 2^53-1, or Infinity, not ${show(value)}.`);
  }
  return BigInt(value);
}

/** The other way round: from 2^51-1 up, the files say `max`. */
export function limitNumber(value: number): Bytes {
  return value >= PAGE_COUNTER_MAX ? Number.POSITIVE_INFINITY : value;
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];

/** An amount as a person reads it: exact where it is whole in its unit, otherwise with one digit behind the point. */
export function formatBytes(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "max";
  const power = value < 1024 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(value) / 10));
  const scaled = value / 1024 ** power;
  const unit = value === 1 ? "byte" : UNITS[power];
  return `${Number.isInteger(scaled) ? scaled : scaled.toFixed(1)} ${unit}`;
}

/** A value in an error's sentence. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
