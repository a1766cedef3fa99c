import {
  ARENA_FIRST_REGION,
  ARENA_OPTIONS,
  ARENA_ROOT,
  CGROUP,
  CGROUP_GENERATION,
  OPTION_DRM_FILES,
  POOL_CGROUP,
  POOL_REGION,
  POOL_SHIFT,
  REGION,
  REGION_GENERATION,
  REGION_NEXT,
} from "../../assembly/abi.ts";
import type { Core } from "../core/core.ts";
import { DmemError, typeError } from "../core/errors.ts";
import { Cgroup } from "./cgroup.ts";
import type { Pool } from "./pool.ts";
import { Region } from "./region.ts";

/**
 * The handles of one thread: the same object for the same record, whichever way it is reached. Shared by all handles of a
 * {@link Dmem}; knows nothing that is not in the arena.
 */
export class Tree {
  readonly core: Core;
  readonly #cgroups = new Map<number, Cgroup>();
  readonly #regions = new Map<number, Region>();

  constructor(core: Core) {
    this.core = core;
  }

  get root(): Cgroup {
    return this.cgroupAt(this.core.word(ARENA_ROOT));
  }

  get regions(): Region[] {
    return this.core.stable(() => {
      const regions: Region[] = [];
      let address = this.core.word(ARENA_FIRST_REGION);
      while (address !== 0) {
        regions.push(this.region(this.core.idOf(REGION, address)));
        address = this.core.word(address + REGION_NEXT);
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
    if (!(region instanceof Region)) throw typeError("A region is what registerRegion returns.");
    if (this.region(region.id) !== region && region.registered)
      throw typeError(`${region} belongs to another controller.`);
  }

  get hasDrmFiles(): boolean {
    return (this.core.word(ARENA_OPTIONS) & OPTION_DRM_FILES) !== 0;
  }

  cgroupAt(address: number): Cgroup {
    return this.cgroup(this.core.idOf(CGROUP, address));
  }

  cgroup(id: number): Cgroup {
    const known = this.#cgroups.get(id);
    const generation = this.core.word(this.core.addressOf(CGROUP, id) + CGROUP_GENERATION);
    if (known?.generation === generation) return known;
    const cgroup = new Cgroup(this, id);
    this.#cgroups.set(id, cgroup);
    return cgroup;
  }

  region(id: number): Region {
    const known = this.#regions.get(id);
    const generation = this.core.word(this.core.addressOf(REGION, id) + REGION_GENERATION);
    if (known?.generation === generation) return known;
    const region = new Region(this.core, id);
    this.#regions.set(id, region);
    return region;
  }

  /** The handle of a pool that exists. */
  pool(id: number): Pool {
    const address = id << POOL_SHIFT;
    const cgroup = this.cgroupAt(this.core.word(address + POOL_CGROUP));
    const region = this.region(this.core.word(address + POOL_REGION) & 0xffff);
    return cgroup.poolWithId(region, id);
  }
}
