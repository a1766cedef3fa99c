import { DmemError } from "../../src/index.ts";
import { ReferenceDevice } from "../reference/ttm.ts";
import { type ReferenceBuffer, ReferenceMemory } from "../reference/ttm-memory.ts";
import type { ReferenceGroup } from "../reference/ttm-pool.ts";
import { outcome } from "./outcome.ts";
import { MEMORIES, type Scenario, type TtmOperation } from "./ttm-operations.ts";

type Does<Name extends TtmOperation["op"]> = Extract<TtmOperation, { op: Name }>;

/** Does with the reference what a scenario says. */
export class ReferencePlayer {
  readonly device: ReferenceDevice;
  readonly groups: ReferenceGroup[];
  readonly buffers: ReferenceBuffer[] = [];
  /** What the driver has been asked to do, since somebody took the list away. */
  moves: string[] = [];

  constructor(scenario: Scenario) {
    this.device = this.#makeDevice(scenario);
    this.groups = [this.device.root];
  }

  /** @returns the answer, or the error's code */
  play(operation: TtmOperation): unknown {
    return outcome(() => this.#do(operation));
  }

  #do(operation: TtmOperation): unknown {
    switch (operation.op) {
      case "create":
        return this.#create(operation);
      case "mkdir":
        return this.#mkdir(this.#group(operation.group));
      case "rmdir":
        return this.#rmdir(this.#group(operation.group));
      case "limit":
        return this.#limit(this.#group(operation.group), operation);
      case "moveToTail":
        return this.device.moveToTail(operation.buffers.flatMap((index) => this.#buffer(index) ?? []));
      case "evictAll":
        return this.device.evictAll(this.#memory(operation.memory));
      case "swapOut":
        return this.device.swapOut(operation.bytes, this.#memory(operation.from), operation.to);
      default: {
        const bo = this.#buffer(operation.bo);
        return bo && this.#onBuffer(bo, operation);
      }
    }
  }

  #onBuffer(bo: ReferenceBuffer, operation: Extract<TtmOperation, { bo: number }>): void {
    switch (operation.op) {
      case "validate": {
        const { as, ticket, placement } = operation;
        this.device.validate(bo, placement, { as: this.#group(as), ticket });
        break;
      }
      case "priority":
        this.device.setPriority(bo, operation.priority);
        break;
      case "discardable":
        bo.discardable = true;
        break;
      default:
        this.device[operation.op](bo);
    }
  }

  #create({ pages, owner, priority, placement, as, ticket }: Does<"create">): void {
    const options = { pages, owner: this.#group(owner), priority };
    this.buffers.push(this.device.create(options, placement, { as: this.#group(as), ticket }));
  }

  #mkdir(parent: ReferenceGroup): void {
    if (!parent.removed) this.groups.push(this.device.mkdir(String(this.groups.length - 1), parent));
  }

  #rmdir(group: ReferenceGroup): void {
    const hasChildren = this.groups.some(({ parent, removed }) => parent === group && !removed);
    if (!group.removed && group.parent !== null && !hasChildren) this.device.rmdir(group);
  }

  #limit(group: ReferenceGroup, { memory: name, ...limit }: Does<"limit">): void {
    const memory = this.#memory(name);
    const pool = memory.poolOf(group);
    if (pool !== null && !group.removed && group.parent !== null) this.device.setLimit(memory, pool, limit);
  }

  #group(index: number): ReferenceGroup {
    return this.groups[index % this.groups.length] as ReferenceGroup;
  }

  #buffer(index: number): ReferenceBuffer | undefined {
    return this.buffers[index % this.buffers.length];
  }

  #memory(name: string): ReferenceMemory {
    return this.device.memories.get(name) as ReferenceMemory;
  }

  #makeDevice({ semantics, sizes, accounted, evicted, failing, noSpace }: Scenario): ReferenceDevice {
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
          this.moves.push(this.#shown(bo, to, evict));
          if (failing.includes(count++)) throw new DmemError("EIO", "The move fails.");
        },
      },
      noSpace,
    });
  }

  #shown(bo: ReferenceBuffer, to: string | null, evict: boolean): string {
    const index = this.buffers.indexOf(bo);
    const from = bo.slot?.memory.name ?? null;
    return `${index === -1 ? "new" : index} ${from} -> ${to}${evict ? ", evicted" : ""}`;
  }
}
