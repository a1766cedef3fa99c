import { expect } from "vitest";
import { type Cgroup, Dmem, DmemError, type Pool, type Region } from "../../src/index.ts";
import { type BufferObject, CountManager, type Priority, SystemManager, TtmDevice } from "../../src/ttm/index.ts";
import { ReferenceDevice } from "../reference/ttm.ts";
import { type ReferenceBuffer, ReferenceMemory } from "../reference/ttm-memory.ts";
import type { ReferenceGroup } from "../reference/ttm-pool.ts";
import { outcome } from "./outcome.ts";
import { type Asking, MEMORIES, type Scenario, type TtmOperation } from "./ttm-operations.ts";
import { referenceState, stateOf } from "./ttm-state.ts";

type Does<Name extends TtmOperation["op"]> = Extract<TtmOperation, { op: Name }>;

export interface Group {
  readonly reference: ReferenceGroup;
  readonly cgroup: Cgroup;
  /** By memory, where it is accounted. Taken when the group is made: they outlive it. */
  readonly pools: ReadonlyMap<string, Pool>;
}

export interface Buffer {
  readonly reference: ReferenceBuffer;
  readonly bo: BufferObject;
}

/** Enough for any sequence. */
const CAPACITY = { cgroups: 256, regions: 8, pools: 1024, agents: 1, accounts: 1024, tickets: 8 };

/** Does everything twice, with the device and with the reference, and compares each answer, each move and all of the state. */
export class TtmPlayer {
  readonly dmem: Dmem;
  readonly device: TtmDevice;
  readonly reference: ReferenceDevice;
  readonly regions: ReadonlyMap<string, Region>;
  readonly groups: Group[];
  readonly buffers: Buffer[] = [];
  /** What the drivers were asked to do in the operation under way. */
  readonly #moves: { real: string[]; reference: string[] } = { real: [], reference: [] };
  readonly #ids = new Map<object, number>();

  constructor(scenario: Scenario) {
    this.dmem = Dmem.create({ semantics: scenario.semantics, capacity: CAPACITY });
    const accounted = MEMORIES.filter((name) => scenario.accounted.includes(name));
    this.regions = new Map(accounted.map((name) => [name, this.dmem.registerRegion(name, { size: 1 })]));
    this.device = this.#makeDevice(scenario);
    this.reference = this.#makeReference(scenario);
    this.groups = [this.#withPools(this.reference.root, this.dmem.root)];
  }

  play(operation: TtmOperation): void {
    this.#moves.real = [];
    this.#moves.reference = [];
    const [real, reference] = this.#do(operation) ?? [undefined, undefined];
    expect(this.#moves.real, "moves").toEqual(this.#moves.reference);
    expect(real, "answer").toEqual(reference);
    this.#compare();
  }

  /** Frees everything. Then nothing may be left anywhere. */
  end(): void {
    for (const { bo } of this.buffers) if (!bo.freed) bo.free();
    for (const name of MEMORIES) expect([name, this.device.usedPages(name)]).toEqual([name, 0]);
    for (const { pools } of this.groups) {
      for (const pool of pools.values()) expect([String(pool), pool.usage]).toEqual([String(pool), 0]);
    }
    expect([[...this.device.buffers], this.device.unevictable]).toEqual([[], []]);
  }

  dispose(): void {
    this.device.dispose();
    this.dmem.dispose();
  }

  /** @returns the two answers; nothing if the operation makes no sense now */
  #do(operation: TtmOperation): readonly [unknown, unknown] | undefined {
    switch (operation.op) {
      case "create":
        return this.#create(operation);
      case "mkdir":
        return this.#mkdir(this.#group(operation.group));
      case "rmdir":
        return this.#rmdir(this.#group(operation.group));
      case "limit":
        return this.#limit(this.#group(operation.group), operation);
      case "moveToTail": {
        const chosen = operation.buffers.flatMap((index) => this.#buffer(index) ?? []);
        return this.#both(
          () => this.device.moveToTail(chosen.map(({ bo }) => bo)),
          () => this.reference.moveToTail(chosen.map(({ reference }) => reference)),
        );
      }
      case "evictAll":
        return this.#both(
          () => this.device.evictAll(operation.memory),
          () => this.reference.evictAll(this.#memory(operation.memory)),
        );
      case "swapOut":
        return this.#both(
          () => this.device.swapOut(operation.bytes, operation.from, operation.to),
          () => this.reference.swapOut(operation.bytes, this.#memory(operation.from), operation.to),
        );
      default: {
        const buffer = this.#buffer(operation.bo);
        return buffer && this.#onBuffer(buffer, operation);
      }
    }
  }

  #onBuffer({ bo, reference }: Buffer, operation: Extract<TtmOperation, { bo: number }>) {
    const device = this.reference;
    switch (operation.op) {
      case "validate": {
        const { as, ticket } = this.#asking(operation);
        return this.#both(
          () => bo.validate(operation.placement, { as: as.cgroup, ticket }),
          () => device.validate(reference, operation.placement, { as: as.reference, ticket }),
        );
      }
      case "priority":
        return this.#both(
          () => Object.assign(bo, { priority: operation.priority }) && undefined,
          () => device.setPriority(reference, operation.priority),
        );
      case "discardable":
        return this.#both(
          () => Object.assign(bo, { discardable: true }) && undefined,
          () => Object.assign(reference, { discardable: true }) && undefined,
        );
      default:
        return this.#both(
          () => bo[operation.op](),
          () => device[operation.op](reference),
        );
    }
  }

  #create({ pages, priority, placement, ...rest }: Does<"create">) {
    const { as, ticket } = this.#asking({ placement, ...rest });
    const owner = this.#group(rest.owner);
    const [real, reference] = this.#both(
      () => {
        const options = { size: pages * 4096, owner: owner.cgroup, priority: priority as Priority };
        return this.device.create({ ...options, placement, as: as.cgroup, ticket });
      },
      () => {
        const options = { pages, owner: owner.reference, priority };
        return this.reference.create(options, placement, { as: as.reference, ticket });
      },
    );
    if (typeof real === "string" || typeof reference === "string") return [real, reference] as const;
    const id = this.buffers.push({ bo: real as BufferObject, reference: reference as ReferenceBuffer }) - 1;
    this.#ids.set(real as BufferObject, id).set(reference as ReferenceBuffer, id);
    return undefined;
  }

  #mkdir({ reference, cgroup }: Group): undefined {
    if (reference.removed) return;
    const name = String(this.groups.length - 1);
    this.groups.push(this.#withPools(this.reference.mkdir(name, reference), cgroup.mkdir(name)));
  }

  #withPools(reference: ReferenceGroup, cgroup: Cgroup): Group {
    const pools = Array.from(this.regions, ([name, region]) => [name, cgroup.pool(region)] as const);
    return { reference, cgroup, pools: new Map(pools) };
  }

  #rmdir({ reference, cgroup }: Group): undefined {
    if (reference.removed || reference.parent === null || cgroup.children.length > 0) return;
    this.reference.rmdir(reference);
    cgroup.rmdir();
  }

  #limit({ reference, cgroup, pools }: Group, { memory, limit, bytes, nonblock }: Does<"limit">) {
    const [real, plain] = [pools.get(memory), this.#memory(memory).pools.get(reference)];
    if (real === undefined || plain === undefined || plain.parent === null || reference.removed) return undefined;
    return this.#both(
      () => {
        const text = bytes === Number.POSITIVE_INFINITY ? "max" : bytes;
        if (nonblock) cgroup.write(`dmem.${limit}`, `${memory} ${text}`, { nonblock });
        else real[limit] = bytes;
      },
      () => this.reference.setLimit(this.#memory(memory), plain, { limit, bytes, nonblock }),
    );
  }

  #both(real: () => unknown, reference: () => unknown): readonly [unknown, unknown] {
    return [outcome(real), outcome(reference)];
  }

  #compare(): void {
    const [real, reference] = [stateOf(this), referenceState(this)];
    if (JSON.stringify(real) !== JSON.stringify(reference)) expect(real).toEqual(reference);
  }

  #group(index: number): Group {
    return this.groups[index % this.groups.length] as Group;
  }

  #buffer(index: number): Buffer | undefined {
    return this.buffers[index % this.buffers.length];
  }

  #memory(name: string): ReferenceMemory {
    return this.reference.memories.get(name) as ReferenceMemory;
  }

  #asking({ as, ticket }: Asking): { as: Group; ticket: boolean } {
    return { as: this.#group(as), ticket };
  }

  #makeDevice({ sizes, evicted, failing, noSpace }: Scenario): TtmDevice {
    let count = 0;
    const managers = {
      vram: new CountManager(sizes.vram),
      tt: new CountManager(sizes.tt),
      system: new SystemManager(),
      swap: new CountManager(sizes.swap),
    };
    const memories = MEMORIES.map((name) => {
      const region = this.regions.get(name);
      return [name, { manager: managers[name], ...(region && { region }) }] as const;
    });
    return new TtmDevice({
      dmem: this.dmem,
      memories: Object.fromEntries(memories),
      driver: {
        evictionPlacement: ({ place }) => evicted[place ?? ""] ?? [],
        move: ({ bo, from, to, evict }) => {
          this.#moves.real.push(this.#shown(bo, from, to, evict));
          failAt(failing, count++);
        },
      },
      noSpace,
    });
  }

  #makeReference({ semantics, sizes, accounted, evicted, failing, noSpace }: Scenario): ReferenceDevice {
    let count = 0;
    const memories = MEMORIES.map((name) => {
      const pages = name === "system" ? Number.POSITIVE_INFINITY : sizes[name];
      return new ReferenceMemory(name, { pages, accounted: accounted.includes(name) });
    });
    return new ReferenceDevice({
      semantics,
      memories,
      driver: {
        evictionPlacement: ({ slot }) => evicted[slot?.memory.name ?? ""] ?? [],
        move: (bo, to, evict) => {
          this.#moves.reference.push(this.#shown(bo, bo.slot?.memory.name ?? null, to, evict));
          failAt(failing, count++);
        },
      },
      noSpace,
    });
  }

  /** A buffer that is not known yet is the one that is being created. */
  #shown(bo: object, from: string | null, to: string | null, evict: boolean): string {
    return `${this.#ids.get(bo) ?? this.buffers.length} ${from} -> ${to}${evict ? ", evicted" : ""}`;
  }
}

function failAt(failing: readonly number[], count: number): void {
  if (failing.includes(count)) throw new DmemError("EIO", `Move ${count} fails.`);
}
