import { randomBytes } from "node:crypto";
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  type Stats,
  unlinkSync,
} from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { ARENA_RECORDS } from "../../assembly/abi.ts";
import { bytesOf, checkHeader, checkLayout } from "./arena.ts";
import { DmemError } from "./errors.ts";
import type { Native } from "./native.ts";
import { attempt, explained, isSystemError, requireDone } from "./system-error.ts";

/** Who may use an arena's file: its owner, or everybody in the file's group too. */
export type Access = "user" | "group";

/** A file, and how it is told from another one that has its path later. */
export interface FileIdentity {
  readonly path: string;
  readonly device: bigint;
  readonly inode: bigint;
  /** Its permissions. */
  readonly mode: number;
}

const MODES: Readonly<Record<Access, number>> = { user: 0o600, group: 0o660 };
const PERMISSIONS = 0o777;
const WRITABLE_BY_ALL = 0o002;
// A FIFO would keep the thread waiting for its other end.
const OPEN = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CREATE = OPEN | constants.O_CREAT | constants.O_EXCL;

/** How an error's sentence calls the file. */
export function subjectOf(path: string): string {
  return JSON.stringify(path);
}

/**
 * Opens the file at `path` if it may be trusted: a regular one, no link, of this user or its group.
 *
 * @returns its descriptor, `null` if there is no file
 */
export function openFile(path: string, access: Access): number | null {
  const subject = subjectOf(path);
  try {
    requireTrust(lstatSync(path), subject, access); // before it is opened, which can do something to a device
    const descriptor = openSync(path, OPEN);
    return closedOnError(descriptor, () => {
      requireTrust(fstatSync(descriptor), subject, access);
      return descriptor;
    });
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return null;
    throw explained(error, `${subject} cannot be opened`);
  }
}

function requireTrust(file: Stats, subject: string, access: Access): void {
  if (file.isSymbolicLink()) throw new DmemError("ELOOP", `${subject} is a symbolic link, which is not followed.`);
  if (file.isDirectory()) throw new DmemError("EISDIR", `${subject} is a directory.`);
  if (!file.isFile()) throw new DmemError("EINVAL", `${subject} is ${kindOf(file)}, not a regular file.`);
  const [user, groups] = [process.geteuid?.(), [process.getegid?.(), ...(process.getgroups?.() ?? [])]];
  if (file.uid !== user && access === "user") {
    throw new DmemError("EPERM", `${subject} belongs to user ${file.uid}, and this process runs as user ${user}.`);
  }
  if (file.uid !== user && !groups.includes(file.gid)) {
    throw new DmemError("EPERM", `${subject} belongs to group ${file.gid}, which this process is not in.`);
  }
  if ((file.mode & WRITABLE_BY_ALL) !== 0) {
    throw new DmemError("EPERM", `${subject} can be written by everybody, so nothing in it can be relied on.`);
  }
}

function kindOf(file: Stats): string {
  if (file.isFIFO()) return "a FIFO";
  return file.isSocket() ? "a socket" : "a device";
}

/** Reads and checks what is in front of an arena's records: nothing of it is mapped before. */
export function readHeader(descriptor: number, path: string): Uint32Array {
  const subject = subjectOf(path);
  const bytes = new Uint8Array(ARENA_RECORDS);
  const { read, size } = attempt(`${subject} cannot be read`, () => ({
    read: readSync(descriptor, bytes, 0, bytes.length, 0),
    size: fstatSync(descriptor).size,
  }));
  const header = new Uint32Array(bytes.buffer);
  checkHeader(header.subarray(0, read >>> 2), { bytes: size, subject });
  checkLayout(header, subject);
  if (size !== bytesOf(header)) {
    throw new DmemError("EINVAL", `${subject} has ${size} bytes; the arena in it takes ${bytesOf(header)}.`);
  }
  return header;
}

/** A file that has no lasting name yet. */
export interface TemporaryFile {
  readonly path: string;
  readonly descriptor: number;
}

/**
 * Closes a file that nothing was written to through this descriptor. That cannot fail: whatever the system says then,
 * the descriptor is gone. (close(2))
 */
export function close(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {}
}

/** Makes a file beside `path` and reserves its blocks: writing to it can no longer fail for want of space. */
export function createTemporary(
  native: Native,
  path: string,
  options: { bytes: number; access: Access },
): TemporaryFile {
  const sentence = `${subjectOf(path)} cannot be created`;
  const name = join(dirname(path), `.dmemcg-${randomBytes(12).toString("hex")}`);
  const descriptor = attempt(sentence, () => openSync(name, CREATE, MODES.user));
  const temporary = { path: name, descriptor };
  try {
    attempt(sentence, () => fchmodSync(descriptor, MODES[options.access]));
    requireDone(native.reserve(descriptor, options.bytes), `${sentence} with ${options.bytes} bytes`);
    return temporary;
  } catch (error) {
    discard(temporary);
    throw error;
  }
}

export function discard({ path, descriptor }: TemporaryFile): void {
  close(descriptor);
  attempt(`${subjectOf(path)} cannot be removed`, () => unlinkSync(path));
}

export function identityOf(descriptor: number, path: string): FileIdentity {
  const look = () => fstatSync(descriptor, { bigint: true });
  const { dev, ino, mode } = attempt(`${subjectOf(path)} cannot be looked at`, look);
  return { path, device: dev, inode: ino, mode: Number(mode) & PERMISSIONS };
}

/** Whether it is what {@link identityOf} gives. */
export function isFileIdentity(value: unknown): value is FileIdentity {
  if (typeof value !== "object" || value === null) return false;
  const { path, device, inode, mode } = value as Partial<FileIdentity>;
  if (typeof path !== "string" || !isAbsolute(path) || path.includes("\0")) return false;
  return typeof device === "bigint" && typeof inode === "bigint" && typeof mode === "number";
}

/** Opens the same file once more; `null` if another one, or none, is at `path` by now. */
export function reopen(path: string, file: FileIdentity): number | null {
  const descriptor = openFile(path, "group"); // it was trusted before
  if (descriptor === null) return null;
  const { device, inode } = closedOnError(descriptor, () => identityOf(descriptor, path));
  if (device === file.device && inode === file.inode) return descriptor;
  close(descriptor);
  return null;
}

/** Whether the open file has no name any more: who looks at its path now finds nothing, or another one. */
export function isRemoved(descriptor: number, path: string): boolean {
  return attempt(`${subjectOf(path)} cannot be looked at`, () => fstatSync(descriptor).nlink === 0);
}

/** Closes the file if `use` fails. */
export function closedOnError<T>(descriptor: number, use: () => T): T {
  try {
    return use();
  } catch (error) {
    close(descriptor);
    throw error;
  }
}
