import {
  CGROUP,
  CGROUP_FIRST_CHILD,
  CGROUP_FLAGS,
  CGROUP_GENERATION,
  CGROUP_INCARNATION,
  CGROUP_NAME,
  CGROUP_NAME_LENGTH,
  CGROUP_NEXT,
  CGROUP_PARENT,
  CONTROLLED,
  DELEGATES,
  OK,
} from "../../assembly/abi.ts";
import { show } from "../core/bytes.ts";
import { DmemError, damaged, typeError } from "../core/errors.ts";
import { statusError } from "../core/status.ts";
import { fileNames, isFileName, readFile, writeFile } from "./files.ts";
import { cgroupName } from "./name.ts";
import { Pool } from "./pool.ts";
import type { WriteOptions } from "./reclaim.ts";
import type { Region } from "./region.ts";
import type { Tree } from "./tree.ts";

/**
 * A group of tenants: a directory of the tree, with interface files as in Linux. A handle: other threads make and
 * remove groups at the same time.
 */
export class Cgroup {
  readonly name: string;
  /** From the root: `"/jobs/train"`; the root's is `"/"`. */
  readonly path: string;
  readonly parent: Cgroup | null;
  /** @internal */
  readonly id: number;
  /** @internal */
  readonly generation: number;
  readonly #tree: Tree;
  readonly #address: number;
  #pools = new WeakMap<Region, Pool>();
  #poolsOf = 0;

  /** @internal */
  constructor(tree: Tree, id: number, below: number) {
    const { core } = tree;
    const address = core.addressOf(CGROUP, id);
    const parent = core.word(address + CGROUP_PARENT);
    this.#tree = tree;
    this.#address = address;
    this.id = id;
    this.generation = core.word(address + CGROUP_GENERATION);
    this.parent = parent === 0 ? null : tree.cgroup(core.idOf(CGROUP, parent), below + 1);
    this.name = core.name(address + CGROUP_NAME, address + CGROUP_NAME_LENGTH);
    this.path = this.parent === null ? "/" : `${this.parent.path === "/" ? "" : this.parent.path}/${this.name}`;
  }

  /** The groups directly below, in order of creation. */
  get children(): Cgroup[] {
    const children = this.#tree.core.stable(() => this.#children());
    if (children.some((child) => child.parent !== this)) throw damaged(`"${this.path}" has another group's children.`);
    return children;
  }

  #children(): Cgroup[] {
    const { core } = this.#tree;
    this.requireOnline();
    const children: Cgroup[] = [];
    for (const id of core.list(CGROUP, this.#address + CGROUP_FIRST_CHILD, CGROUP_NEXT)) {
      const child = this.#tree.cgroup(id);
      // Stryker disable next-line ConditionalExpression: one that is free here was freed meanwhile: all is read again
      if (child !== null) children.push(child);
    }
    return children;
  }

  /** Whether the group was removed, by whichever thread. */
  get removed(): boolean {
    return this.#tree.core.call.cgroupCondition(this.id, this.generation) !== OK;
  }

  /**
   * Makes a group below this one.
   *
   * @param name 1 to 255 bytes of UTF-8 without slash, NUL or newline; not `.` or `..` or an interface file's name
   * @throws {RangeError} `EINVAL` for such a name
   * @throws {DmemError} `EEXIST`; `ENAMETOOLONG`; `ENODEV` if this group was removed; `ENOSPC` if the arena is full;
   *   `EAGAIN` more than 1,024 levels down
   */
  mkdir(name: string): Cgroup {
    const bytes = cgroupName(name);
    const path = `${this.path === "/" ? "" : this.path}/${name}`;
    if (isFileName(this.#tree, name)) throw new DmemError("EEXIST", `"${path}" is an interface file.`);
    this.requireOnline();
    const { core } = this.#tree;
    const length = core.layDown(bytes);
    const make = () => core.call.createCgroup(core.agent, this.id, this.generation, length);
    const cgroup = this.#tree.cgroup(core.change(make, `"${path}"`));
    if (cgroup?.path === path) return cgroup;
    throw new DmemError("ENODEV", `"${path}" was removed in the moment in which it was made.`);
  }

  /** The group of that name directly below, `null` if there is none. */
  child(name: string): Cgroup | null {
    const { core } = this.#tree;
    const bytes = cgroupName(name);
    return core.stable(() => {
      const length = core.layDown(bytes);
      const id = core.change(
        () => core.call.findCgroup(core.agent, this.id, this.generation, length),
        `"${this.path}"`,
      );
      return id === 0 ? null : this.#tree.cgroup(id);
    });
  }

  /**
   * Removes this group, which must have no children. Its limits go at once; what is charged to it stays charged until
   * whoever holds it returns it.
   *
   * @throws {DmemError} `EBUSY` with children, and for the root; `ENODEV` if it was removed before
   */
  rmdir(): void {
    const { core } = this.#tree;
    core.change(() => core.call.removeCgroup(core.agent, this.id, this.generation), `"${this.path}"`);
  }

  /**
   * This group's pool for a region: the same object every time. Without the controller, the nearest ancestor's that has
   * it. Nothing is made before the first charge or limit.
   *
   * @throws {DmemError} `ENODEV` if the group was removed or the region unregistered
   */
  pool(region: Region): Pool {
    this.#tree.requireRegion(region);
    this.requireOnline();
    if (!region.registered) throw new DmemError("ENODEV", `${region} was unregistered.`);
    return this.presentPool(region);
  }

  /** @internal The same without asking whether group and region are still there. */
  presentPool(region: Region): Pool {
    let cgroup: Cgroup = this;
    // Stryker disable next-line ConditionalExpression: the root always has the controller
    while (!cgroup.controlled && cgroup.parent !== null) cgroup = cgroup.parent;
    return cgroup.#pool(region);
  }

  #pool(region: Region): Pool {
    if (this.#poolsOf !== this.incarnation) {
      this.#pools = new WeakMap();
      this.#poolsOf = this.incarnation;
    }
    const known = this.#pools.get(region);
    if (known !== undefined) return known;
    this.requireOnline();
    if (!region.registered) throw new DmemError("ENODEV", `${region} was unregistered.`);
    const pool = new Pool(this.#tree.core, this, region);
    pool.find(); // so that it is known before the group goes
    this.#pools.set(region, pool);
    return pool;
  }

  /** The interface files that exist here. */
  get files(): string[] {
    this.requireOnline();
    return fileNames(this.#tree, this.parent === null, this.controlled);
  }

  /**
   * Reads an interface file, as `cat` would.
   *
   * @throws {DmemError} `ENOENT` if there is no such file here; `ENODEV` if the group was removed
   */
  read(file: string): string {
    this.requireOnline();
    return readFile(this.#tree, this, file);
  }

  /**
   * Writes to an interface file: one `write(2)`, all of it or nothing.
   *
   * @param text a string is written as UTF-8
   * @returns the number of bytes written
   * @throws {DmemError} `ENOENT` if there is no such file here; `EINVAL` for a text that it does not take, and for
   *   files that are only read; `E2BIG` beyond 4,096 bytes; `EBUSY` where a child still uses the controller; `ENODEV`
   *   if the group was removed; `ENOSPC` if the arena has no room for the counter
   */
  write(file: string, text: string | Uint8Array, options: WriteOptions = {}): number {
    if (typeof text !== "string" && !(text instanceof Uint8Array))
      throw typeError(`A text is a string or a Uint8Array, not ${show(text)}.`);
    this.requireOnline();
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    return writeFile(this.#tree, this, { file, bytes, options });
  }

  toString(): string {
    return this.path;
  }

  /** @internal Whether the controller has state here. */
  get controlled(): boolean {
    return (this.#tree.core.word(this.#address + CGROUP_FLAGS) & CONTROLLED) !== 0;
  }

  /** @internal Whether the controller is handed on to the children. */
  get delegates(): boolean {
    return (this.#tree.core.word(this.#address + CGROUP_FLAGS) & DELEGATES) !== 0;
  }

  /** @internal Counts how often the controller was switched on or off here. */
  get incarnation(): number {
    return this.#tree.core.word(this.#address + CGROUP_INCARNATION);
  }

  /** @internal This group's present pool for a region if it has that id. */
  poolWithId(region: Region, id: number): Pool | null {
    if (!this.#pools.has(region) && (this.removed || !region.registered)) return null;
    const pool = this.#pool(region);
    return pool.find() === id ? pool : null;
  }

  /** @internal Whether `other` is this group or below it. */
  contains(other: Cgroup): boolean {
    let cgroup: Cgroup | null = other;
    while (cgroup !== null && cgroup !== this) cgroup = cgroup.parent;
    return cgroup === this;
  }

  /** @internal */
  requireOnline(): void {
    const status = this.#tree.core.call.cgroupCondition(this.id, this.generation);
    if (status !== OK) throw statusError(status, `"${this.path}"`);
  }
}
