import {
  ARENA_FIRST_REGION,
  ARENA_OPTIONS,
  ARENA_ROOT,
  CGROUP,
  CGROUP_GENERATION,
  CGROUP_STATE,
  DEPTH_MAX,
  OPTION_DRM_FILES,
  REGION,
  REGION_GENERATION,
  REGION_NEXT,
  REGION_STATE,
} from "../../assembly/abi.ts";
import { show } from "../core/bytes.ts";
import type { Core } from "../core/core.ts";
import { DmemError, damaged, typeError } from "../core/errors.ts";
import { Cgroup } from "./cgroup.ts";
import { Region } from "./region.ts";

/** A record's id, and where its generation and its state are. */
interface RecordWords {
  readonly id: number;
  readonly generation: number;
  readonly state: number;
}

/** The state of any record that is not in use. */
const FREE = 0;

/**
 * The handles of one thread: the same object for the same record, whichever way it is reached. Shared by all handles of
 * a {@link Dmem}; knows nothing that is not in the arena.
 */
export class Tree {
  readonly core: Core;
  readonly #cgroups = new Map<number, Cgroup>();
  readonly #regions = new Map<number, Region>();

  constructor(core: Core) {
    this.core = core;
  }

  get root(): Cgroup {
    const root = this.cgroup(this.core.idOf(CGROUP, this.core.word(ARENA_ROOT)));
    if (root === null) throw damaged("It has no root.");
    return root;
  }

  get regions(): Region[] {
    return this.core.stable(() => {
      const regions: Region[] = [];
      for (const id of this.core.list(REGION, ARENA_FIRST_REGION, REGION_NEXT)) {
        const region = this.region(id);
        // Stryker disable next-line ConditionalExpression: one that is free here was freed meanwhile: all is read again
        if (region !== null) regions.push(region);
      }
      return regions;
    });
  }

  /** The first region registered under that name: the one that a file means. */
  regionNamed(name: string, code: "EINVAL" | "ENOENT" = "EINVAL"): Region {
    const { regions } = this;
    const region = regions.find((candidate) => candidate.name === name);
    if (region !== undefined) return region;
    const names = regions.map((candidate) => JSON.stringify(candidate.name)).join(", ") || "none";
    throw new DmemError(code, `No region ${JSON.stringify(name)} is registered; registered: ${names}.`);
  }

  /** Complains about what is not a region of this tree. */
  requireRegion(region: unknown): asserts region is Region {
    if (!(region instanceof Region)) throw typeError(`A region is what registerRegion returns, not ${show(region)}.`);
    if (!region.belongsTo(this.core)) throw typeError(`${region} belongs to another controller.`);
  }

  get hasDrmFiles(): boolean {
    return (this.core.word(ARENA_OPTIONS) & OPTION_DRM_FILES) !== 0;
  }

  /** The handle of a cgroup's record, `null` if it is free. `below`: how many levels above another one. */
  cgroup(id: number, below = 0): Cgroup | null {
    if (below > DEPTH_MAX) throw damaged("A group is below itself.");
    const address = this.core.addressOf(CGROUP, id);
    const [generation, state] = [address + CGROUP_GENERATION, address + CGROUP_STATE];
    return this.#handle(this.#cgroups, { id, generation, state }, () => new Cgroup(this, id, below));
  }

  /** The handle of a region's record, `null` if it is free. */
  region(id: number): Region | null {
    const address = this.core.addressOf(REGION, id);
    const [generation, state] = [address + REGION_GENERATION, address + REGION_STATE];
    return this.#handle(this.#regions, { id, generation, state }, () => new Region(this.core, id));
  }

  /**
   * What a handle reads once never changes while its record is in use, and is written only while it is free. So a
   * handle is good if the record was in use before and had the same generation after.
   */
  #handle<T extends { readonly generation: number }>(
    handles: Map<number, T>,
    at: RecordWords,
    make: () => T,
  ): T | null {
    for (;;) {
      const generation = this.core.word(at.generation);
      if (this.core.word(at.state) === FREE) return null;
      const known = handles.get(at.id);
      if (known?.generation === generation) return known;
      const handle = make();
      if (this.core.word(at.generation) !== generation) continue;
      handles.set(at.id, handle);
      return handle;
    }
  }
}
