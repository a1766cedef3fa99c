import { onTestFinished } from "vitest";
import type { Cgroup, DmemOptions, Region, Semantics } from "../../src/index.ts";
import {
  type BufferObject,
  type BufferOptions,
  CountManager,
  type Driver,
  type Move,
  PAGE_BYTES,
  type Place,
  type ResourceManager,
  SystemManager,
  TtmDevice,
  type TtmDeviceOptions,
} from "../../src/ttm/index.ts";
import { smallDmem } from "./small-dmem.ts";

export const PAGE = PAGE_BYTES;

export interface SmallDeviceOptions {
  readonly semantics?: Semantics;
  readonly capacity?: DmemOptions["capacity"];
  /** In the order in which buffers go further down. Default: `vram` and `tt` with 8 and 4 pages, and `system`. */
  readonly managers?: Readonly<Record<string, ResourceManager>>;
  /** What a region of the same name accounts. Default: `vram`. */
  readonly accounted?: readonly string[];
  readonly driver?: Partial<Driver>;
  readonly noSpace?: TtmDeviceOptions["noSpace"];
}

export type NewBuffer = Partial<Omit<BufferOptions, "placement">> & {
  readonly as?: Cgroup;
  readonly ticket?: boolean;
  /** Names of memories, or whole places. Default: `vram`. */
  readonly at?: readonly (string | Place)[];
};

/** A device whose evicted buffers go to `system`, if the driver says nothing else, and the groups `/a` and `/b`. */
export function smallDevice(options: SmallDeviceOptions = {}) {
  const { semantics = "intended", capacity = {}, accounted = ["vram"], noSpace = "ENOSPC" } = options;
  const dmem = smallDmem({ semantics, capacity: { cgroups: 16, pools: 32, ...capacity } });
  const managers = options.managers ?? {
    vram: new CountManager(8),
    tt: new CountManager(4),
    system: new SystemManager(),
  };
  const memories = Object.entries(managers).map(([name, manager]) => {
    const region = accounted.includes(name) ? dmem.registerRegion(name, { size: 1 }) : undefined;
    return [name, region === undefined ? { manager } : { manager, region }] as const;
  });
  const moves = new MoveLog();
  const driver: Driver = {
    evictionPlacement: () => places("system"),
    move: (move) => moves.note(move),
    ...options.driver,
  };
  const device = new TtmDevice({ dmem, memories: Object.fromEntries(memories), driver, noSpace });
  onTestFinished(() => device.dispose());
  const [a, b] = [dmem.root.mkdir("a"), dmem.root.mkdir("b")];
  const regions = Object.fromEntries(dmem.regions.map((region) => [region.name, region]));
  const vram = regions.vram as Region;
  return { dmem, device, driver, moves, regions, vram, a, b, make: maker(device, moves, a) };
}

export type SmallDevice = ReturnType<typeof smallDevice>;

export function places(...names: readonly (string | Place)[]): readonly Place[] {
  return names.map((name) => (typeof name === "string" ? { type: name } : name));
}

/** Makes buffers of so many pages, which the log then knows by the name. */
function maker(device: TtmDevice, moves: MoveLog, defaultOwner: Cgroup) {
  return (name: string, pages: number, { at = ["vram"], ...options }: NewBuffer = {}): BufferObject => {
    moves.next = name;
    const bo = device.create({ size: pages * PAGE, owner: defaultOwner, placement: places(...at), ...options });
    moves.names.set(bo, name);
    return bo;
  };
}

/** What a driver was asked to do, in words. */
export class MoveLog {
  readonly names = new Map<BufferObject, string>();
  /** The buffer that is about to be made. */
  next = "";
  readonly #moves: { readonly name: string; readonly move: Move }[] = [];

  note(move: Move): void {
    this.#moves.push({ name: this.names.get(move.bo) ?? this.next, move });
  }

  /** All moves: `x vram -> system, evicted`. */
  get all(): string[] {
    return this.#moves.map(
      ({ name, move: { from, to, evict } }) => `${name} ${from} -> ${to}${evict ? ", evicted" : ""}`,
    );
  }

  /** The names of what was evicted, in order. */
  get victims(): string[] {
    return this.#moves.filter(({ move }) => move.evict).map(({ name }) => name);
  }
}
