import { NAME_MAX } from "../../assembly/abi.ts";
import { show } from "../core/bytes.ts";
import { DmemError, rangeError, typeError } from "../core/errors.ts";

const encoder = new TextEncoder();
/** What no file could tell apart from its own syntax: white space and control characters. */
const UNSPELLABLE = /[\s\p{Cc}]/u;

/** A cgroup's name as bytes. */
export function cgroupName(name: unknown): Uint8Array {
  const text = string(name, "A cgroup's name");
  if (text === "" || text === "." || text === ".." || /[/\0\n]/.test(text)) {
    throw rangeError(
      `A cgroup's name is not empty, "." or "..", and has no slash, NUL or newline; this is ${show(text)}.`,
    );
  }
  return limited(text, "A cgroup's name");
}

/** A region's name as bytes; `any`: as the kernel takes it, unchecked but for the length. */
export function regionName(name: unknown, any: boolean): Uint8Array {
  const text = string(name, "A region's name");
  if (!any && (text === "" || UNSPELLABLE.test(text))) {
    throw rangeError(
      `A region's name is not empty and has no white space or control characters; this is ${show(text)}.`,
    );
  }
  return limited(text, "A region's name");
}

function string(name: unknown, what: string): string {
  if (typeof name !== "string") throw typeError(`${what} is a string, not ${show(name)}.`);
  if (!name.isWellFormed()) throw rangeError(`${what} has half of a surrogate pair in it: ${show(name)}.`);
  return name;
}

function limited(text: string, what: string): Uint8Array {
  const bytes = encoder.encode(text);
  if (bytes.length <= NAME_MAX) return bytes;
  throw new DmemError(
    "ENAMETOOLONG",
    `${what} has at most ${NAME_MAX} bytes; ${show(`${text.slice(0, 20)}…`)} has ${bytes.length}.`,
  );
}
