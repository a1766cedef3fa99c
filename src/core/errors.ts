const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EIO: 5,
  E2BIG: 7,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOSPC: 28,
  EROFS: 30,
  ENAMETOOLONG: 36,
  ELOOP: 40,
  ENOTSUP: 95,
  EDQUOT: 122,
} as const;

/** The errno names that this library uses. */
export type ErrorCode = keyof typeof ERRNO;

/** Whether this library has errors of that code. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRNO, code);
}

/** An operation that could not be done. Nothing was changed. */
export class DmemError extends Error {
  override readonly name = "DmemError";
  /** The errno's name, for instance `"ENOSPC"`. */
  readonly code: ErrorCode;
  /** The errno as a system call returns it: negative. */
  readonly errno: number;

  constructor(code: ErrorCode, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
    this.errno = -ERRNO[code];
  }
}

/** What comes of an arena into which somebody has written by other means than this library. */
export function damaged(sentence: string): DmemError {
  return new DmemError("EIO", `The arena is damaged. ${sentence}`);
}

/** A value that no program should pass, with the same `code` and `errno` as a {@link DmemError}. */
export type Misuse = (RangeError | TypeError) & { readonly code: ErrorCode; readonly errno: number };

export function rangeError(message: string): Misuse {
  return Object.assign(new RangeError(`EINVAL: ${message}`), { code: "EINVAL", errno: -ERRNO.EINVAL } as const);
}

export function typeError(message: string): Misuse {
  return Object.assign(new TypeError(`EINVAL: ${message}`), { code: "EINVAL", errno: -ERRNO.EINVAL } as const);
}

/** Does what others can do as well later: nothing if somebody is in the way for too long. */
export function unlessBusy(attempt: () => void): void {
  try {
    attempt();
  } catch (error) {
    if ((error as Partial<DmemError>).code !== "EAGAIN") throw error;
  }
}
