import { isObject } from "./operation.ts";
import { parsePlacement } from "./placement.ts";
import type { Dmem, Pool, Region } from "./subject.ts";
import type { BufferObject, Memory, Move, NewBuffer, Place, TtmDevice, TtmSubject } from "./ttm-subject.ts";

const TYPES = ["sys", "tt", "vram", "priv"] as const;
const EVICTED_TO: Readonly<Record<string, string>> = {
  sys: "sys",
  tt_desired: "tt:d,sys:f",
  tt_only: "tt",
  purge: "-",
};

type Type = (typeof TYPES)[number];

/** A device, as the `begin` line has it. */
export interface DeviceDescription {
  readonly vram_pages: number;
  readonly tt_pages: number;
  readonly priv_pages: number;
  readonly manager: "count" | "range";
  readonly evict: string;
  readonly regions: Readonly<Partial<Record<Type, string>>>;
  readonly propagate_enospc: boolean;
}

/** What a device needs from its scenario. */
export interface Surroundings {
  readonly dmem: Dmem;
  readonly page: number;
  readonly regions: ReadonlyMap<string, Region>;
  nameOf(pool: Pool): string;
  /** Takes an event, to be asked for when the operation is over: a buffer gets its id only then. */
  tell(event: () => unknown): void;
}

/** A region, as the `begin` line has it. */
export interface RegionDescription {
  readonly name: string;
  readonly bytes: number;
  readonly raw?: number;
}

/** A simulated GPU with the driver of the traces, in which all moves succeed at once. */
export class TracedDevice {
  readonly #index: number;
  readonly #description: DeviceDescription;
  readonly #world: Surroundings;
  readonly #types: readonly Type[];
  readonly #device: TtmDevice;
  readonly #buffers = new Map<number, BufferObject>();

  constructor(subject: TtmSubject, [index, description]: readonly [number, DeviceDescription], world: Surroundings) {
    this.#index = index;
    this.#description = description;
    this.#world = world;
    this.#types = TYPES.filter((type) => this.#size(type) > 0);
    const memories = this.#types.map((type) => [type, this.#memory(subject, type)] as const);
    this.#device = new subject.TtmDevice({
      dmem: world.dmem,
      memories: Object.fromEntries(memories),
      driver: {
        move: (move) => this.#tell(move),
        evictionPlacement: (bo) => this.#evictedTo(bo),
      },
      noSpace: description.propagate_enospc ? "ENOSPC" : "ENOMEM",
    });
  }

  dispose(): void {
    this.#device.dispose();
  }

  buffer(id: number): BufferObject | undefined {
    return this.#buffers.get(id);
  }

  create(id: number, pages: number, options: Omit<NewBuffer, "size" | "owner">): void {
    const size = pages * this.#world.page;
    this.#buffers.set(id, this.#device.create({ ...options, size, owner: options.as }));
  }

  free(id: number): void {
    this.#buffers.get(id)?.free();
    this.#buffers.delete(id);
  }

  state(): unknown {
    const ids = new Map(Array.from(this.#buffers, ([id, bo]) => [bo, id]));
    const idOf = (bo: BufferObject) => ids.get(bo);
    const manager = (type: Type) => ({
      usage: this.#device.usedPages(type) * this.#world.page,
      lru: this.#device.lru(type).map((list) => list.map(idOf)),
    });
    const buffers = [...this.#buffers].sort(([a], [b]) => a - b);
    return {
      man: Object.fromEntries(this.#types.map((type) => [type, manager(type)])),
      unevictable: this.#device.unevictable.map(idOf),
      bo: buffers.map(([id, bo]) => this.#stateOf(id, bo)),
    };
  }

  #stateOf(id: number, bo: BufferObject): unknown {
    const { pages, place, allocation, pool, pinCount, priority } = bo;
    const addressed = this.#description.manager === "range" && place !== null && place !== "sys";
    const state = { id, pages, at: place ?? "none", pin: pinCount, prio: priority };
    const cg = pool === null ? null : this.#world.nameOf(pool);
    return addressed ? { ...state, cg, start: allocation?.start } : { ...state, cg };
  }

  #size(type: Type): number {
    return type === "sys" ? Number.POSITIVE_INFINITY : this.#description[`${type}_pages`];
  }

  #memory(subject: TtmSubject, type: Type): Memory {
    const Manager = this.#description.manager === "range" ? subject.RangeManager : subject.CountManager;
    const manager = type === "sys" ? new subject.SystemManager() : new Manager(this.#size(type));
    const region = this.#world.regions.get(this.#description.regions[type] ?? "");
    return region === undefined ? { manager } : { manager, region };
  }

  #evictedTo({ place }: BufferObject): readonly Place[] {
    const list = place === "tt" ? EVICTED_TO.sys : EVICTED_TO[this.#description.evict];
    return parsePlacement(list ?? "") ?? [];
  }

  #tell({ bo, from, to, evict }: Move): void {
    const name = to === null ? "purge" : "move";
    const idOf = () => [...this.#buffers].find(([, each]) => each === bo)?.[0];
    this.#world.tell(() => [name, this.#index, idOf(), from ?? "none", to ?? "none", evict ? 1 : 0]);
  }
}

export function isDevice(value: unknown): value is DeviceDescription {
  if (!isObject(value) || !isObject(value.regions)) return false;
  const sizes = [value.vram_pages, value.tt_pages, value.priv_pages];
  const known = ["count", "range"].includes(String(value.manager)) && String(value.evict) in EVICTED_TO;
  return known && sizes.every(Number.isSafeInteger) && typeof value.propagate_enospc === "boolean";
}

export function isRegion(value: unknown): value is RegionDescription {
  if (!isObject(value) || typeof value.name !== "string" || !Number.isSafeInteger(value.bytes)) return false;
  return value.raw === undefined || Number.isSafeInteger(value.raw);
}
