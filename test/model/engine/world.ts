import {
  ACCOUNT_SHIFT,
  AGENT,
  ARENA_SLOTS,
  POOL_SHIFT,
  POOL_STAMP,
  SLOTS_BASE,
  SLOTS_SIZE,
  SLOTS_STRIDE,
} from "../../../assembly/abi.ts";
import { createArena } from "../../../src/core/arena.ts";
import { completeCapacity } from "../../../src/core/capacity.ts";
import type { CoreExports } from "../../../src/core/exports.ts";
import { Actor } from "./actor.ts";
import { Agent } from "./agent.ts";
import { perform } from "./access.ts";
import type { Program } from "./program.ts";
import { Sharing } from "./sharing.ts";
import { Words } from "./words.ts";

const CAPACITY = { cgroups: 4, regions: 2, pools: 6, agents: 3, accounts: 6, tickets: 2 };

/** A small arena, the agents on it, and what a program needs to prepare both. */
export class World {
  readonly words: Words;
  readonly sharing: Sharing;
  readonly actors: readonly Actor[];
  readonly agents: readonly Agent[];
  /** The module's functions outside of the search: they are done at once. */
  readonly call: CoreExports;
  readonly program: Program;

  constructor(module: WebAssembly.Module, program: Program) {
    this.program = program;
    const capacity = completeCapacity({ ...CAPACITY, ...program.capacity });
    const memory = createArena({ capacity, rules: 0, options: program.options ?? 0 });
    this.words = new Words(memory);
    this.sharing = new Sharing(memory.buffer.byteLength);
    this.call = this.#instantiate(module, (what, bits, address, value, expected) =>
      perform(this.words, { what, bits, address, value, expected }),
    );
    this.call.createRoot();
    const actors: Actor[] = [];
    const agents: Agent[] = [];
    for (let id = 1; id <= capacity.agents; id++) {
      const actor = new Actor(id - 1, this);
      const exports = this.#instantiate(module, actor.access);
      actors.push(actor);
      agents.push(new Agent(actor, { id, record: this.addressOf(AGENT, id), exports }));
      this.#expect(this.call.attach(id, 1, id));
    }
    this.agents = agents;
    const scripts = program.prepare(this);
    this.actors = actors.slice(0, scripts.length);
    for (const [index, script] of scripts.entries()) {
      const actor = actors[index] as Actor;
      actor.script = () => script(agents[index] as Agent);
      actor.isBuffered = program.buffered ?? false;
    }
  }

  #instantiate(module: WebAssembly.Module, modelAccess: Actor["access"]): CoreExports {
    const env = { memory: this.words.memory };
    return new WebAssembly.Instance(module, { env, sync: { modelAccess } }).exports as unknown as CoreExports;
  }

  /** Makes a group, and what of it a call needs. */
  mkdir(parent: Group, name: string): Group {
    const [agent] = this.agents;
    for (const [index, byte] of Buffer.from(name).entries()) {
      this.words.write((agent as Agent).record + 128 + index, 8, byte);
    }
    return { id: this.#expect(this.call.createCgroup(1, parent.id, 0, name.length)), generation: 0 };
  }

  get root(): Group {
    return { id: 1, generation: 0 };
  }

  region(name: string): Group {
    const [agent] = this.agents;
    for (const [index, byte] of Buffer.from(name).entries()) {
      this.words.write((agent as Agent).record + 128 + index, 8, byte);
    }
    return { id: this.#expect(this.call.registerRegion(1, name.length, 2 ** 30)), generation: 0 };
  }

  pool(group: Group, region: Group): Pool {
    return this.poolAt(
      this.#expect(this.call.createPool(1, group.id, group.generation, this.incarnationOf(group), region.id, region.generation)),
    );
  }

  /** The pool of that id, in its present use. */
  poolAt(id: number): Pool {
    const address = (id << POOL_SHIFT) >>> 0;
    return { id, address, stamp: this.words.read(address + POOL_STAMP, 32) };
  }

  account(agent: Agent, pool: Pool): number {
    return this.#expect(this.call.openAccount(agent.id, pool.id));
  }

  incarnationOf(group: Group): number {
    return this.words.read(this.addressOf(2, group.id) + 52, 32);
  }

  addressOf(kind: number, id: number): number {
    const entry = ARENA_SLOTS + kind * SLOTS_SIZE;
    return this.words.read(entry + SLOTS_BASE, 32) + (id - 1) * this.words.read(entry + SLOTS_STRIDE, 32);
  }

  accountAt(id: number): number {
    return id << ACCOUNT_SHIFT;
  }

  #expect(result: number): number {
    if (result < 0) throw new Error(`The program cannot be prepared: status ${result}.`);
    return result;
  }
}

export interface Group {
  readonly id: number;
  readonly generation: number;
}

export interface Pool {
  readonly id: number;
  readonly address: number;
  readonly stamp: number;
}
