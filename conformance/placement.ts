import type { Place } from "./ttm-subject.ts";

const ENTRY = /^(?<type>sys|tt|vram|priv)(:(?<flags>[dft]+))?(@(?<first>[0-9]{1,15})-(?<end>[0-9]{1,15}))?$/;

/** Reads a placement list: `vram:d@0-16,sys:f`, or `-`, which is empty. `null` if it is none. */
export function parsePlacement(list: string): Place[] | null {
  if (list === "-") return [];
  const entries = list.split(",").map(parsePlace);
  return entries.every((entry) => entry !== null) ? entries : null;
}

function parsePlace(entry: string): Place | null {
  const { type, flags = "", first, end } = ENTRY.exec(entry)?.groups ?? {};
  if (type === undefined) return null;
  const flag = { desired: flags.includes("d"), fallback: flags.includes("f"), topDown: flags.includes("t") };
  return first === undefined ? { type, ...flag } : { type, ...flag, first: Number(first), end: Number(end) };
}
