import { getSystemErrorMap } from "node:util";
import { DmemError, isErrorCode } from "./errors.ts";

/** A system call that failed: `"/dev/shm/card" cannot be opened: permission denied.` */
export function systemError(errno: number, sentence: string): DmemError {
  const [name, meaning] = getSystemErrorMap().get(-Math.abs(errno)) ?? [`errno ${errno}`, "unknown error"];
  if (isErrorCode(name)) return new DmemError(name, `${sentence}: ${meaning}.`);
  return new DmemError("EIO", `${sentence}: ${meaning} (${name}).`);
}

/** The same for what a call of node:fs threw; anything else stays what it is. */
export function explained(error: unknown, sentence: string): unknown {
  const { errno } = error as NodeJS.ErrnoException;
  return errno === undefined || error instanceof DmemError ? error : systemError(errno, sentence);
}

/** Does what may fail as calls of node:fs do. */
export function attempt<T>(sentence: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw explained(error, sentence);
  }
}

/** Complains about the result of a function of the addon. */
export function requireDone(errno: number, sentence: string): void {
  if (errno !== 0) throw systemError(errno, sentence);
}

/** Whether a call of node:fs failed just so. */
export function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
