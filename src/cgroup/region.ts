import { REGION, REGION_GENERATION, REGION_NAME, REGION_NAME_LENGTH, REGION_SIZE } from "../../assembly/abi.ts";
import type { Bytes } from "../core/bytes.ts";
import type { Core } from "../core/core.ts";
import type { Pool } from "./pool.ts";

/**
 * Frees memory that is charged to `pool` or below it, `target` bytes if it can, by uncharging it.
 *
 * @returns nothing: it did what it could; `"ENOSPC"`: nothing can go at present; another errno's name: it gives up
 */
export type Reclaim = (pool: Pool, target: Bytes, region: Region) => string | undefined | void;

/**
 * A device's memory of one kind, for instance the VRAM of a tile. A handle: everything it says is read from the arena.
 */
export class Region {
  readonly name: string;
  /** Capacity in bytes. Information only: nothing is refused because of it. */
  readonly size: Bytes;
  /**
   * This thread's way to make room when it lowers `max` below usage, and when another thread asks it to
   * ({@link Pool.reclaim}); `undefined` in threads that have none. Each thread has its own: it can only evict what it
   * holds itself.
   */
  get reclaim(): Reclaim | undefined {
    return this.#reclaim;
  }

  set reclaim(reclaim: Reclaim | undefined) {
    if (reclaim !== undefined && this.#core.attached) this.#core.requests.open();
    this.#reclaim = reclaim;
  }

  /** @internal */
  readonly id: number;
  /** @internal */
  readonly generation: number;
  readonly #core: Core;
  #reclaim: Reclaim | undefined;

  /** @internal */
  constructor(core: Core, id: number) {
    const address = core.addressOf(REGION, id);
    this.#core = core;
    this.id = id;
    this.generation = core.word(address + REGION_GENERATION);
    this.name = core.name(address + REGION_NAME, address + REGION_NAME_LENGTH);
    this.size = Number(core.long(address + REGION_SIZE));
  }

  /** @internal Whether it is a handle of that agent. */
  belongsTo(core: Core): boolean {
    return this.#core === core;
  }

  /** Whether it is still registered. */
  get registered(): boolean {
    return this.#core.call.regionCondition(this.id, this.generation) === 0;
  }

  /**
   * Takes the region out of all files at once. What is charged there can still be returned; new charges are refused
   * with `ENODEV`.
   *
   * @throws {DmemError} `ENODEV` if it was unregistered before
   */
  unregister(): void {
    const { call, agent } = this.#core;
    this.#core.change(() => call.unregisterRegion(agent, this.id, this.generation), this.toString());
  }

  toString(): string {
    return `Region ${JSON.stringify(this.name)}`;
  }
}
