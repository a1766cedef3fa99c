import { resolve } from "node:path";
import { RULE_ANY_REGION_NAME } from "../../assembly/abi.ts";
import { arrangementOf } from "../core/arena.ts";
import { subjectOf } from "../core/arena-file.ts";
import { type Bytes, isBytes, show } from "../core/bytes.ts";
import { Core } from "../core/core.ts";
import { DmemError, rangeError, typeError } from "../core/errors.ts";
import { type Semantics, semanticsOf } from "../core/semantics.ts";
import { attachSharedCore, openSharedCore } from "../core/shared-core.ts";
import { type BatchOptions, type Charge, type Refusal, tryChargeMany, unchargeMany } from "./batch.ts";
import type { Cgroup } from "./cgroup.ts";
import { arrangementFor, type DmemOptions, type OpenOptions, requireOneOf, requireSame } from "./dmem-options.ts";
import { deviceAndRegion } from "./files.ts";
import { regionName } from "./name.ts";
import type { Pool } from "./pool.ts";
import { ProtectionSurvey, type Viewpoint } from "./protection-survey.ts";
import type { Reclaim, Region } from "./region.ts";
import { serve } from "./room.ts";
import { Tree } from "./tree.ts";

/** What a region is registered with. */
export interface RegionOptions {
  /** Capacity in bytes, at least 1. Information only. */
  readonly size: Bytes;
  /** This thread's way to make room when `max` is lowered below usage. */
  readonly reclaim?: Reclaim;
}

/** A controller on its way to another thread: pass it on through `workerData` or `postMessage`, as it is. */
export interface DmemHandle {
  /** @internal */
  readonly arena: unknown;
  /** @internal The file that the arena lies in; `null`: none. */
  readonly file?: unknown;
}

const attached = new Set<Dmem>();

/**
 * The controller: a tree of cgroups, the regions that are accounted, and what each group uses of them.
 *
 * Concurrency: every thread attaches for itself; all see the same tree. What a thread charges is its own until it
 * returns it, hands it over, or detaches. (Linux kernel/cgroup/dmem.c; RFC patch 2.)
 *
 * @example
 * ```ts
 * import { Dmem, GiB, MiB } from "dmemcg";
 *
 * using dmem = Dmem.create();
 * const vram = dmem.registerRegion("drm/0000:03:00.0/vram0", { size: 8 * GiB });
 * const game = dmem.root.mkdir("game");
 * game.write("dmem.max", "drm/0000:03:00.0/vram0 6G");
 * const limit = game.pool(vram).tryCharge(64 * MiB); // null: charged; otherwise the pool that hit its limit
 * ```
 */
export class Dmem {
  readonly #tree: Tree;

  /**
   * Makes a controller in new shared memory.
   *
   * @throws {RangeError} `EINVAL` for an option that is none of those allowed, or capacities beyond 4 GiB
   * @throws {DmemError} `ENOMEM` if the process cannot reserve the memory
   */
  static create(options: DmemOptions = {}): Dmem {
    return new Dmem(Core.create(arrangementFor(options)));
  }

  /**
   * Attaches this thread to a controller that another thread made: in a worker, `Dmem.attach(workerData.dmem)`.
   *
   * @throws {TypeError} `EINVAL` for what is not a handle
   * @throws {DmemError} `EINVAL` for the arena of another version, or a damaged one; `ENOSPC` if all of
   *   `capacity.agents` are attached; `ENOENT` if the arena is in a file that was removed
   */
  static attach(handle: DmemHandle): Dmem {
    if (typeof handle !== "object" || handle === null || !("arena" in handle)) {
      throw typeError(`A handle is what \`dmem.handle\` gives, not ${show(handle)}.`);
    }
    const { arena, file = null } = handle;
    return new Dmem(file === null ? Core.attach(arena) : attachSharedCore(arena, file));
  }

  /**
   * Joins the controller that processes share through the file at `path`, and makes it if there is no file yet. The
   * file belongs on a file system in memory (`/dev/shm`); it stays until somebody removes it (`dmemcg rm`).
   *
   * What was decided when it was made holds for all; an option that is given must not contradict it.
   *
   * Concurrency: any number of processes at once; one makes it, the others join. Threads of a process share it further
   * by {@link handle}. One that opens the file itself works on a mapping of its own: where it waits for others it looks
   * again every millisecond, instead of being woken. Charging is as fast as on a controller of {@link create}. Cost:
   * the memory is mapped, not read: the same however large it is.
   *
   * Linux only, and with the addon of `native/`.
   *
   * @throws {RangeError} `EINVAL` for an option that is none of those allowed, or a path that is none
   * @throws {DmemError} `ENOTSUP` without Linux or the addon; `EINVAL` for what is no regular file, no arena, a damaged
   *   one, one of another version, or one with other options; `EPERM` for another user's file, or one that everybody
   *   may write; `ELOOP` for a symbolic link; `ENOENT` without a file (`create: false`) or its folder; `ENOSPC` if the
   *   file system is full, or all of `capacity.agents` are attached; and what the system says (`EACCES`, `EROFS` …)
   */
  static open(path: string, options: OpenOptions = {}): Dmem {
    if (typeof path !== "string" || path === "" || path.includes("\0")) {
      throw rangeError(`A controller's file is a path, not ${show(path)}.`);
    }
    const { access = "user", create = true } = options;
    requireOneOf("access", access, ["user", "group"]);
    requireOneOf("create", create, [true, false]);
    const arrangement = arrangementFor(options);
    const absolute = resolve(path);
    const accept = (header: Uint32Array) => requireSame(options, arrangementOf(header), subjectOf(absolute));
    return new Dmem(openSharedCore(absolute, { access, create, arrangement, accept }));
  }

  private constructor(core: Core) {
    this.#tree = new Tree(core);
    core.recovery.start();
    core.requests.onRequest((request) => serve(this.#tree, request));
    if (attached.size === 0) process.once("exit", disposeAll);
    attached.add(this);
  }

  /** @internal Whether this thread has not disposed of it yet. */
  get attached(): boolean {
    return this.#tree.core.attached;
  }

  /** @internal Whether the controller behaves so. */
  follows(rule: number): boolean {
    return this.#tree.core.follows(rule);
  }

  /** @internal Asks for the protection of many pools. */
  survey(viewpoint: Viewpoint): ProtectionSurvey {
    return new ProtectionSurvey(this.#tree.core, viewpoint);
  }

  /** What another thread attaches with. */
  get handle(): DmemHandle {
    const { memory, site } = this.#tree.core;
    return { arena: memory, file: site.file };
  }

  get semantics(): Semantics {
    return semanticsOf(this.#tree.core.rules);
  }

  get root(): Cgroup {
    return this.#tree.root;
  }

  /**
   * Finds a group by its path from the root: `"/jobs/train"`.
   *
   * @throws {DmemError} `ENOENT` if there is none, naming the part that is missing
   */
  cgroup(path: string): Cgroup {
    if (typeof path !== "string" || !path.startsWith("/"))
      throw rangeError(`A path begins with "/", unlike ${show(path)}.`);
    let cgroup = this.root;
    for (const name of path.split("/").filter((part) => part !== "")) {
      const child = cgroup.child(name);
      if (child === null) throw new DmemError("ENOENT", `"${cgroup.path}" has no child ${show(name)}.`);
      cgroup = child;
    }
    return cgroup;
  }

  /** The registered regions, in order of registration. */
  get regions(): readonly Region[] {
    return this.#tree.regions;
  }

  /**
   * Finds the first region registered under that name.
   *
   * @throws {DmemError} `ENOENT` if there is none
   */
  region(name: string): Region {
    return this.#tree.regionNamed(name, "ENOENT");
  }

  /**
   * Registers a region: from now on it has a line in every interface file.
   *
   * @param name as the kernel has them: `"drm/<device>/<region>"`; 1 to 255 bytes without white space
   * @throws {RangeError} `EINVAL` for such a name, or a size that is not a whole number of bytes from 1 to 2^53-1
   * @throws {DmemError} `EEXIST` if the name is taken; `ENOSPC` if all of `capacity.regions` are in use
   */
  registerRegion(name: string, options: RegionOptions): Region {
    const { core } = this.#tree;
    const bytes = regionName(name, core.follows(RULE_ANY_REGION_NAME));
    if (!isBytes(options?.size) || options.size === 0) {
      throw rangeError(`A region's size is a whole number of bytes from 1 to 2^53-1, not ${show(options?.size)}.`);
    }
    if (options.reclaim !== undefined && typeof options.reclaim !== "function") {
      throw typeError(`reclaim is a function, not ${show(options.reclaim)}.`);
    }
    if (this.#tree.hasDrmFiles) requireDrmName(name);
    const length = core.layDown(bytes);
    const id = core.change(() => core.call.registerRegion(core.agent, length, options.size), `Region ${show(name)}`);
    const region = this.#tree.region(id);
    if (region?.name !== name) throw new DmemError("ENODEV", `Region ${show(name)} was unregistered at once.`);
    try {
      region.reclaim = options.reclaim;
    } catch (error) {
      region.unregister();
      throw error;
    }
    return region;
  }

  /** The same as {@link Region.unregister}. */
  unregisterRegion(region: Region): void {
    this.#tree.requireRegion(region);
    region.unregister();
  }

  /**
   * Charges many at once, each as {@link Pool.tryCharge} would. Charges to one pool that follow each other are charged
   * as one; where that does not fit, one by one.
   *
   * Concurrency: as so many single charges, with `allOrNothing` too: another thread may see some of them before all are
   * refused. Cost: one atomic add a level for each run of charges to one pool.
   *
   * @returns what was refused, in order; empty: everything is charged. With `allOrNothing` the first refusal, and
   *   nothing is charged
   * @throws as {@link Pool.tryCharge}; {TypeError} `EINVAL` for what is no array of charges. Nothing is charged then
   */
  tryChargeMany(charges: readonly Charge[], options: BatchOptions = {}): readonly Refusal[] {
    return tryChargeMany(charges, options);
  }

  /**
   * Returns many at once, each as {@link Pool.uncharge} would: all or nothing.
   *
   * @throws as {@link Pool.uncharge}, if this thread holds less of one of the pools than is to be returned there
   */
  unchargeMany(charges: readonly Charge[]): void {
    unchargeMany(this.#tree.core, charges);
  }

  /**
   * Detaches this thread: returns everything that it still holds, tickets that nobody adopted included. All handles
   * refuse with `ENODEV` from now on. Does nothing the second time. Also runs when the thread ends by itself.
   */
  dispose(): void {
    this.#tree.core.detach();
    attached.delete(this);
    if (attached.size === 0) process.removeListener("exit", disposeAll);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

function disposeAll(): void {
  for (const dmem of attached) dmem.dispose();
}

function requireDrmName(name: string): void {
  const { device, region } = deviceAndRegion(name);
  if (device !== "" && region !== "" && !region.includes("=")) return;
  throw rangeError(`With drm files a region's name is "drm/<device>/<region>", unlike ${show(name)}.`);
}
