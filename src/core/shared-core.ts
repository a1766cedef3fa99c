import { linkSync, rmSync, unlinkSync } from "node:fs";
import { type Arrangement, arrangementOf, bytesOf, headerOf } from "./arena.ts";
import {
  type Access,
  close,
  createTemporary,
  discard,
  type FileIdentity,
  identityOf,
  isFileIdentity,
  isRemoved,
  openFile,
  readHeader,
  reopen,
  subjectOf,
  type TemporaryFile,
} from "./arena-file.ts";
import { ByteLocks } from "./byte-locks.ts";
import { Core } from "./core.ts";
import { DmemError, typeError } from "./errors.ts";
import { memoryOfFile, remember } from "./mapping.ts";
import { native } from "./native.ts";
import type { Site } from "./site.ts";
import { bellPath } from "./socket-bell.ts";
import { attempt, explained, isSystemError } from "./system-error.ts";

/** Files that are made and removed again between two looks at a path, before it is given up. */
const TRIES = 100;

export interface SharedCoreOptions {
  readonly access: Access;
  /** Whether an arena is made where there is no file. */
  readonly create: boolean;
  /** How an arena is made. */
  readonly arrangement: Arrangement;
  /** Complains about an arena that is there. */
  accept(header: Uint32Array): void;
}

/**
 * Joins the arena in the file at `path`, or makes it.
 *
 * A new file gets its name when everything in it is ready, and only if nobody else's has it by then. So whoever finds a
 * file finds a whole arena, and of several that come first one makes it and the others join.
 */
export function openSharedCore(path: string, options: SharedCoreOptions): Core {
  native();
  for (let tries = 0; tries < TRIES; tries++) {
    const descriptor = openFile(path, options.access);
    if (descriptor === null && !options.create) {
      throw new DmemError("ENOENT", `${subjectOf(path)} does not exist.`);
    }
    const core = descriptor === null ? make(path, options) : join(path, descriptor, options);
    if (core !== null) return core;
  }
  throw new DmemError("EAGAIN", `${subjectOf(path)} is made and removed again and again.`);
}

/** Attaches this thread to an arena that another thread of this process has mapped. */
export function attachSharedCore(memory: unknown, file: unknown): Core {
  if (!isFileIdentity(file)) throw typeError("The handle's file is none. Pass on what `dmem.handle` gives, as it is.");
  const descriptor = reopen(file.path, file);
  if (descriptor === null) {
    throw new DmemError("ENOENT", `${subjectOf(file.path)} was removed or replaced since it was mapped.`);
  }
  try {
    return withLocks(descriptor, (liveness) => {
      const core = Core.attach(memory, { liveness, file });
      remember(file, core.memory);
      return core;
    });
  } finally {
    close(descriptor);
  }
}

/** `null`: the file was removed in the meantime. */
function join(path: string, descriptor: number, options: SharedCoreOptions): Core | null {
  try {
    const header = readHeader(descriptor, path);
    options.accept(header);
    const file = identityOf(descriptor, path);
    const memory = memoryOfFile(native(), path, { ...file, bytes: bytesOf(header) });
    if (memory === null) return null;
    const core = withLocks(descriptor, (liveness) => enter(memory, descriptor, { liveness, file }));
    if (core === null) return null;
    // Nor will it be later, by who asks whether anybody is there.
    if (!detachedOnError(core, () => isRemoved(descriptor, path))) return core;
    core.detach();
    return null;
  } finally {
    close(descriptor);
  }
}

interface FileSite extends Site {
  readonly liveness: ByteLocks;
  readonly file: FileIdentity;
}

/** `null`: it is being removed. That lets others in again, but not before the file has lost its name. */
function enter(memory: WebAssembly.Memory, descriptor: number, site: FileSite): Core | null {
  try {
    return Core.join(memory, site);
  } catch (error) {
    if (!site.liveness.isClosedOff && !isRemoved(descriptor, site.file.path)) throw error; // in this order
    site.liveness.close();
    return null;
  }
}

/** `null`: somebody else was faster. */
function make(path: string, { access, arrangement }: SharedCoreOptions): Core | null {
  const header = headerOf(arrangement);
  const temporary = createTemporary(native(), path, { bytes: bytesOf(header), access });
  let core: Core | null = null;
  try {
    core = withLocks(temporary.descriptor, (liveness) => {
      const file = identityOf(temporary.descriptor, path);
      const memory = memoryOfFile(native(), temporary.path, { ...file, bytes: bytesOf(header) });
      if (memory === null) throw new DmemError("EIO", `${subjectOf(temporary.path)} was replaced while it was made.`);
      new Uint32Array(memory.buffer).set(header);
      const first = Core.begin(memory, { liveness, file });
      if (publish(temporary, path)) return first;
      first.detach();
      return null;
    });
  } finally {
    detachedOnError(core, () => discard(temporary));
  }
  return core;
}

/** `false`: there is a file of that name. */
function publish(temporary: TemporaryFile, path: string): boolean {
  try {
    linkSync(temporary.path, path);
    return true;
  } catch (error) {
    if (isSystemError(error, "EEXIST")) return false;
    throw explained(error, `${subjectOf(path)} cannot be created`);
  }
}

function withLocks<T>(descriptor: number, use: (locks: ByteLocks) => T): T {
  const locks = new ByteLocks(native(), descriptor);
  try {
    return use(locks);
  } catch (error) {
    locks.close();
    throw error;
  }
}

/** Has who has just attached detach again if `use` fails. */
function detachedOnError<T>(core: Core | null, use: () => T): T {
  try {
    return use();
  } catch (error) {
    core?.detach();
    throw error;
  }
}

/**
 * Removes an arena's file. Whoever comes later makes a new one.
 *
 * @throws {DmemError} `EBUSY` if an agent that is alive is attached
 */
export function removeSharedArena(path: string, access: Access): void {
  const subject = subjectOf(path);
  const descriptor = openFile(path, access);
  if (descriptor === null) throw new DmemError("ENOENT", `${subject} does not exist.`);
  try {
    const { capacity } = arrangementOf(readHeader(descriptor, path));
    withLocks(descriptor, (locks) => {
      if (!locks.closeOff()) throw new DmemError("EBUSY", `${subject} is in use: \`dmemcg agents\` tells by whom.`);
      for (let agent = 1; agent <= capacity.agents; agent++) rmSync(bellPath(path, agent), { force: true });
      attempt(`${subject} cannot be removed`, () => unlinkSync(path));
      locks.close();
    });
  } finally {
    close(descriptor);
  }
}
