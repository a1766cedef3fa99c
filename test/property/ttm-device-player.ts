import { expect } from "vitest";
import { type Cgroup, Dmem, DmemError, type Pool, type Region } from "../../src/index.ts";
import {
  type BufferObject,
  CountManager,
  type Move,
  type Priority,
  type ResourceManager,
  SystemManager,
  TtmDevice,
} from "../../src/ttm/index.ts";
import { outcome } from "./outcome.ts";
import { MEMORIES, type Scenario, type TtmOperation } from "./ttm-operations.ts";

type Does<Name extends TtmOperation["op"]> = Extract<TtmOperation, { op: Name }>;

export interface Group {
  readonly cgroup: Cgroup;
  /** By memory, where it is accounted. Taken when the group is made: they outlive it. */
  readonly pools: ReadonlyMap<string, Pool>;
}

/** By the names of the memories, in the order in which buffers go further down. */
export type Managers = Readonly<Record<(typeof MEMORIES)[number], ResourceManager>>;

/** Enough for any sequence. */
const CAPACITY = { cgroups: 256, regions: 8, pools: 1024, agents: 1, accounts: 1024, tickets: 8 };

/** Does with a device what a scenario says. */
export class DevicePlayer {
  readonly device: TtmDevice;
  readonly groups: Group[];
  readonly buffers: BufferObject[] = [];
  /** What the driver has been asked to do, since somebody took the list away. */
  moves: string[] = [];
  readonly #dmem: Dmem;
  readonly #regions: ReadonlyMap<string, Region>;

  constructor(scenario: Scenario, managers: Managers = countManagers(scenario)) {
    this.#dmem = Dmem.create({ semantics: scenario.semantics, capacity: CAPACITY });
    const accounted = MEMORIES.filter((name) => scenario.accounted.includes(name));
    this.#regions = new Map(accounted.map((name) => [name, this.#dmem.registerRegion(name, { size: 1 })]));
    this.device = this.#makeDevice(scenario, managers);
    this.groups = [this.#withPools(this.#dmem.root)];
  }

  /** @returns the answer, or the error's code */
  play(operation: TtmOperation): unknown {
    return outcome(() => this.#do(operation));
  }

  /** Frees everything. Then nothing may be left anywhere. */
  end(): void {
    for (const bo of this.buffers) if (!bo.freed) bo.free();
    for (const name of MEMORIES) expect([name, this.device.usedPages(name)]).toEqual([name, 0]);
    for (const { pools } of this.groups) {
      for (const pool of pools.values()) expect([String(pool), pool.usage]).toEqual([String(pool), 0]);
    }
    expect([[...this.device.buffers], this.device.unevictable]).toEqual([[], []]);
  }

  dispose(): void {
    this.device.dispose();
    this.#dmem.dispose();
  }

  #do(operation: TtmOperation): unknown {
    switch (operation.op) {
      case "create":
        return this.#create(operation);
      case "mkdir":
        return this.#mkdir(this.#group(operation.group).cgroup);
      case "rmdir":
        return this.#rmdir(this.#group(operation.group).cgroup);
      case "limit":
        return this.#limit(this.#group(operation.group), operation);
      case "moveToTail":
        return this.device.moveToTail(operation.buffers.flatMap((index) => this.#buffer(index) ?? []));
      case "evictAll":
        return this.device.evictAll(operation.memory);
      case "swapOut":
        return this.device.swapOut(operation.bytes, operation.from, operation.to);
      default: {
        const bo = this.#buffer(operation.bo);
        return bo && this.#onBuffer(bo, operation);
      }
    }
  }

  #onBuffer(bo: BufferObject, operation: Extract<TtmOperation, { bo: number }>): void {
    switch (operation.op) {
      case "validate":
        bo.validate(operation.placement, { as: this.#group(operation.as).cgroup, ticket: operation.ticket });
        break;
      case "priority":
        bo.priority = operation.priority as Priority;
        break;
      case "discardable":
        bo.discardable = true;
        break;
      default:
        bo[operation.op]();
    }
  }

  #create({ pages, priority, placement, ticket, ...rest }: Does<"create">): void {
    const [owner, as] = [this.#group(rest.owner).cgroup, this.#group(rest.as).cgroup];
    const options = { size: pages * 4096, owner, placement, priority: priority as Priority, as, ticket };
    this.buffers.push(this.device.create(options));
  }

  #mkdir(parent: Cgroup): void {
    if (!parent.removed) this.groups.push(this.#withPools(parent.mkdir(String(this.groups.length - 1))));
  }

  #rmdir(cgroup: Cgroup): void {
    if (!cgroup.removed && cgroup.parent !== null && cgroup.children.length === 0) cgroup.rmdir();
  }

  #limit({ cgroup, pools }: Group, { memory, limit, bytes, nonblock }: Does<"limit">): void {
    const pool = pools.get(memory);
    if (pool === undefined || cgroup.removed || cgroup.parent === null) return;
    const text = bytes === Number.POSITIVE_INFINITY ? "max" : bytes;
    if (nonblock) cgroup.write(`dmem.${limit}`, `${memory} ${text}`, { nonblock });
    else pool[limit] = bytes;
  }

  #withPools(cgroup: Cgroup): Group {
    const pools = Array.from(this.#regions, ([name, region]) => [name, cgroup.pool(region)] as const);
    return { cgroup, pools: new Map(pools) };
  }

  #group(index: number): Group {
    return this.groups[index % this.groups.length] as Group;
  }

  #buffer(index: number): BufferObject | undefined {
    return this.buffers[index % this.buffers.length];
  }

  #makeDevice({ evicted, failing, noSpace }: Scenario, managers: Managers): TtmDevice {
    let count = 0;
    const memories = MEMORIES.map((name) => {
      const [manager, region] = [managers[name], this.#regions.get(name)];
      return [name, region === undefined ? { manager } : { manager, region }] as const;
    });
    return new TtmDevice({
      dmem: this.#dmem,
      memories: Object.fromEntries(memories),
      driver: {
        evictionPlacement: ({ place }) => evicted[place ?? ""] ?? [],
        move: (move) => {
          this.moves.push(this.#shown(move));
          if (failing.includes(count++)) throw new DmemError("EIO", "The move fails.");
        },
      },
      noSpace,
    });
  }

  #shown({ bo, from, to, evict }: Move): string {
    const index = this.buffers.indexOf(bo);
    return `${index === -1 ? "new" : index} ${from} -> ${to}${evict ? ", evicted" : ""}`;
  }
}

function countManagers({ sizes }: Scenario): Managers {
  return {
    vram: new CountManager(sizes.vram),
    tt: new CountManager(sizes.tt),
    system: new SystemManager(),
    swap: new CountManager(sizes.swap),
  };
}
