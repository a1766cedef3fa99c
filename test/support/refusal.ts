import { expect } from "vitest";
import type { ErrorCode } from "../../src/index.ts";

/** The numbers as system calls return them. */
const ERRNO: Readonly<Record<ErrorCode, number>> = {
  EPERM: -1,
  ENOENT: -2,
  EIO: -5,
  E2BIG: -7,
  EAGAIN: -11,
  ENOMEM: -12,
  EACCES: -13,
  EBUSY: -16,
  EEXIST: -17,
  ENODEV: -19,
  ENOTDIR: -20,
  EISDIR: -21,
  EINVAL: -22,
  ENFILE: -23,
  EMFILE: -24,
  ENOSPC: -28,
  EROFS: -30,
  ENAMETOOLONG: -36,
  ELOOP: -40,
  ENOTSUP: -95,
  EDQUOT: -122,
};

/** An errno's name stands for a `DmemError`, a class for misuse by the programmer. */
export type Kind = ErrorCode | "RangeError" | "TypeError";

/** Expects `attempt` to throw just that, with all of `words` in its message. */
export function expectRefusal(attempt: () => unknown, kind: Kind, ...words: string[]): void {
  const misuse = kind === "RangeError" || kind === "TypeError";
  const code = misuse ? "EINVAL" : kind;
  const error = thrownBy(attempt);
  expect(error).toMatchObject({ name: misuse ? kind : "DmemError", code, errno: ERRNO[code] });
  const { message } = error as Error;
  for (const word of [`${code}: `, ...words]) expect(message).toContain(word);
}

function thrownBy(attempt: () => unknown): unknown {
  try {
    attempt();
  } catch (error) {
    return error;
  }
  return "nothing was thrown";
}
