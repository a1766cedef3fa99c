/** An amount as people write it: bytes, a share of the region, or `max` (no limit; as a protection: everything). */
export type Size =
  | { readonly unit: "bytes"; readonly bytes: number }
  | { readonly unit: "percent"; readonly percent: number }
  | { readonly unit: "max" };

const SUFFIXES = ["", "K", "M", "G", "T"];
const FORM = /^(\d+(?:\.\d+)?)(?:([KMGT])(?:iB|B)?|(%))?$/i;

/** What {@link parseSize} takes, for error texts. */
export const SIZE_FORMS = "bytes (0 to 2^53-1), a number with K, M, G or T (powers of 1024), 0% to 100%, or max";

/**
 * Reads an amount: `8589934592`, `8G`, `1.5GiB`, `50%`, `max`.
 *
 * K, M, G and T are powers of 1024, as in the kernel's files. What is left of a byte after a fraction (`0.1G`) is
 * dropped.
 *
 * @returns `null` if it is none of these, or above 2^53-1 bytes or 100 %
 */
export function parseSize(text: string): Size | null {
  if (text === "max") return { unit: "max" };
  const [, digits, suffix = "", percent] = FORM.exec(text) ?? [];
  if (digits === undefined) return null;
  const number = Number(digits);
  if (percent !== undefined) return number <= 100 ? { unit: "percent", percent: number } : null;
  const scaled = number * 1024 ** SUFFIXES.indexOf(suffix.toUpperCase());
  const bytes = suffix === "" ? scaled : Math.floor(scaled);
  return Number.isSafeInteger(bytes) ? { unit: "bytes", bytes } : null;
}

/** Whole bytes of `size` in a region of `regionBytes`; `Infinity` for `max`. A share is rounded down. */
export function sizeInBytes(size: Size, regionBytes: number): number {
  if (size.unit === "bytes") return size.bytes;
  return size.unit === "max" ? Number.POSITIVE_INFINITY : Math.floor((regionBytes * size.percent) / 100);
}

/** `6,442,450,944` */
export function formatNumber(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
}
