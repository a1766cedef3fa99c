import { DmemError } from "../core/errors.ts";
import { byteString, parseLimit, UNLIMITED } from "./memparse.ts";

// What the interface files hold, as text. Nothing here knows which cgroups, regions or devices there are.
//
//   dmem   drm/0000:03:00.0/vram0 1073741824                        a line a region; one line only when written
//   drm    0000:03:00.0 region.vram0=1073741824 region.stolen=max   a line a device
//
// A name is compared as bytes. Registered names are strings, in UTF-8 as bytes; so a written name is decoded, and one
// that is not UTF-8 names nothing.

/** A line of a `dmem` file: bytes of one region. */
export interface DmemSetting {
  name: string;
  value: bigint;
}

/** An item of a `drm` file: bytes of one region of one device. */
export interface DrmSetting {
  device: string;
  region: string;
  value: bigint;
}

const LARGEST = 2n ** 64n - 1n;
const DRM_ITEM = /^region\.([^=]+)=(max|[0-9]+)$/;

/**
 * Reads what is written to `dmem.min`, `dmem.low` or `dmem.max`: a region's name, one space or tab, an amount.
 *
 * The text ends at its first NUL byte, and white space around it is dropped. Exactly one separator is eaten, so a
 * second one, a second value or a second line belongs to the amount and makes it a bad one.
 *
 * @returns the name and the amount, 0 to 2^64-1 bytes, 2^51-1 for `max`
 * @throws {DmemError} `EINVAL` if there is no name, no amount, or the amount is none
 */
export function parseDmem(bytes: Uint8Array): DmemSetting {
  const text = trimmed(bytes);
  // Stryker disable next-line StringLiteral: whatever is split has a first part
  const [name = ""] = text.split(/[ \t]/, 1);
  if (name === "") throw new DmemError("EINVAL", "Nothing to apply: a region's name and an amount are expected.");
  if (name === text) throw new DmemError("EINVAL", `${shown(name)} has no amount behind it.`);
  return { name: decoded(name), value: parseLimit(text.slice(name.length + 1)) };
}

/**
 * Reads what is written to `drm.min`, `drm.low` or `drm.max`: on each line a device and one or more
 * `region.NAME=VALUE`, where VALUE is a plain decimal number of bytes or `max`. Empty lines are skipped.
 *
 * @returns the settings in the order in which they were written; 0 to 2^64-1 bytes each, 2^51-1 for `max`
 * @throws {DmemError} `EINVAL` if any of it is anything else, or there is nothing
 */
export function parseDrm(bytes: Uint8Array): DrmSetting[] {
  const lines = trimmed(bytes)
    .split("\n")
    .map((line) => line.trim());
  const settings = lines.filter((line) => line !== "").flatMap(drmLine);
  if (settings.length > 0) return settings;
  throw new DmemError("EINVAL", "Nothing to apply: a device and its region.NAME=VALUE are expected.");
}

/** The lines of a `dmem` file. `show` tells how an amount reads: `limitText`, or `String` for a capacity. */
export function formatDmem(settings: Iterable<DmemSetting>, show: (value: bigint) => string = limitText): string {
  return Array.from(settings, ({ name, value }) => `${name} ${show(value)}\n`).join("");
}

/** The lines of a `drm` file, devices in the order in which they first appear. `show` as in `formatDmem`. */
export function formatDrm(settings: Iterable<DrmSetting>, show: (value: bigint) => string = limitText): string {
  const lines = new Map<string, string>();
  for (const { device, region, value } of settings) {
    lines.set(device, `${lines.get(device) ?? device} region.${region}=${show(value)}`);
  }
  return Array.from(lines.values(), (line) => `${line}\n`).join("");
}

/** An amount as the files show it: `max` from 2^51-1 on. */
export function limitText(value: bigint): string {
  return value >= UNLIMITED ? "max" : String(value);
}

function drmLine(line: string): DrmSetting[] {
  // Stryker disable next-line StringLiteral: whatever is split has a first part
  const [device = "", ...items] = line.split(/[ \t]+/);
  if (items.length > 0) return items.map((item) => drmSetting(device, item));
  throw new DmemError("EINVAL", `Nothing to apply to ${shown(device)}: region.NAME=VALUE is expected behind it.`);
}

function drmSetting(device: string, item: string): DrmSetting {
  const match = DRM_ITEM.exec(item);
  if (match === null) throw new DmemError("EINVAL", `${shown(item)} is not region.NAME=BYTES or region.NAME=max.`);
  // Stryker disable next-line StringLiteral: what matches has both
  const [, region = "", amount = ""] = match;
  const value = amount === "max" ? UNLIMITED : BigInt(amount);
  if (value > LARGEST) throw new DmemError("EINVAL", `${shown(item)} is more than the largest amount, 2^64-1 bytes.`);
  return { device: decoded(device), region: decoded(region), value };
}

/** What is before the first NUL byte. Of single bytes, `trim` drops what the kernel counts as white space: 160, too. */
function trimmed(bytes: Uint8Array): string {
  // Stryker disable next-line StringLiteral: whatever is split has a first part
  const [text = ""] = byteString(bytes).split("\0", 1);
  return text.trim();
}

function decoded(name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(name, "latin1"));
  } catch {
    throw new DmemError("EINVAL", `${shown(name)} is not UTF-8, so nothing has that name.`);
  }
}

function shown(text: string): string {
  return JSON.stringify(text);
}
