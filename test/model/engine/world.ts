import {
  ACCOUNT_CHARGED,
  ACCOUNT_INTENDED,
  ACCOUNT_SHIFT,
  AGENT,
  AGENT_NAME,
  ARENA_SLOTS,
  CGROUP,
  CGROUP_INCARNATION,
  POOL,
  POOL_PARENT,
  POOL_SHIFT,
  POOL_STAMP,
  SLOTS_BASE,
  SLOTS_CAPACITY,
  SLOTS_SIZE,
  SLOTS_STRIDE,
} from "../../../assembly/abi.ts";
import { createArena } from "../../../src/core/arena.ts";
import { completeCapacity } from "../../../src/core/capacity.ts";
import type { CoreExports } from "../../../src/core/exports.ts";
import { Records } from "../audit/records.ts";
import { perform } from "./access.ts";
import { Actor } from "./actor.ts";
import type { Program } from "./program.ts";
import { Sharing } from "./sharing.ts";
import { Tenant } from "./tenant.ts";
import { Words } from "./words.ts";

const CAPACITY = { cgroups: 4, regions: 2, pools: 6, agents: 3, accounts: 6, tickets: 2 };

/** A small arena, the agents on it, and what a program needs to prepare both. */
export class World {
  readonly words: Words;
  readonly sharing: Sharing;
  readonly actors: readonly Actor[];
  readonly agents: readonly Tenant[];
  /** The module's functions outside of the search: they are done at once. */
  readonly call: CoreExports;
  readonly program: Program;

  constructor(module: WebAssembly.Module, program: Program) {
    this.program = program;
    const capacity = completeCapacity({ ...CAPACITY, ...program.capacity });
    const memory = createArena({ capacity, rules: program.rules ?? 0, options: program.options ?? 0 });
    this.words = new Words(memory);
    this.sharing = new Sharing(memory.buffer.byteLength);
    this.call = this.#instantiate(module, (what, bits, address, value, expected) =>
      perform(this.words, { what, bits, address, value, expected }),
    );
    this.call.createRoot();
    const actors: Actor[] = [];
    const agents: Tenant[] = [];
    for (let id = 1; id <= capacity.agents; id++) {
      const actor = new Actor(id - 1, {
        words: this.words,
        sharing: this.sharing,
        wake: (address, count) => this.wake(address, count),
      });
      const exports = this.#instantiate(module, actor.access);
      actors.push(actor);
      agents.push(new Tenant(actor, { id, world: this, exports }));
      this.#expect(this.call.attach(id, 1, id));
    }
    this.agents = agents;
    const scripts = program.prepare(this);
    this.actors = actors.slice(0, scripts.length);
    for (const [index, script] of scripts.entries()) {
      const actor = actors[index] as Actor;
      actor.script = () => script(agents[index] as Tenant);
      actor.isBuffered = program.buffered ?? false;
    }
  }

  #instantiate(module: WebAssembly.Module, modelAccess: Actor["access"]): CoreExports {
    const env = { memory: this.words.memory };
    return new WebAssembly.Instance(module, { env, sync: { modelAccess } }).exports as unknown as CoreExports;
  }

  /** Makes a group, and what of it a call needs. */
  mkdir(parent: Group, name: string): Group {
    this.#layDown(name);
    return { id: this.#expect(this.call.createCgroup(1, parent.id, 0, name.length)), generation: 0 };
  }

  get root(): Group {
    return { id: 1, generation: 0 };
  }

  region(name: string): Group {
    this.#layDown(name);
    return { id: this.#expect(this.call.registerRegion(1, name.length, 2 ** 30)), generation: 0 };
  }

  pool(group: Group, region: Group): Pool {
    return this.poolAt(
      this.#expect(
        this.call.createPool(1, group.id, group.generation, this.incarnationOf(group), region.id, region.generation),
      ),
    );
  }

  /** A pool for each of some groups, each below the one before; the first is the root's. */
  chain(region: Group, depth: number): Pool[] {
    const groups = [this.root];
    for (let level = 1; level <= depth; level++) groups.push(this.mkdir(groups[level - 1] as Group, `g${level}`));
    const pools = groups.map((group) => this.pool(group, region));
    this.reachPeaks(pools.at(-1) as Pool);
    return pools;
  }

  /** Once that much was charged at all levels, no charge of a program raises a peak: nobody writes them. */
  reachPeaks(pool: Pool): void {
    this.call.chargeCounter(pool.id, 1000n);
    this.call.unchargeCounter(pool.id, 1000n);
  }

  /** `pool`, and those above it. */
  levels(pool: Pool): Pool[] {
    const above = this.words.read(pool.address + POOL_PARENT, 32);
    return above === 0 ? [pool] : [pool, ...this.levels(this.poolAt(above >>> POOL_SHIFT))];
  }

  /** The addresses of all pools in use. */
  pools(): number[] {
    return new Records(this.words).used(POOL);
  }

  setMax({ id, stamp }: Pool, bytes: number): void {
    this.#expect(this.call.setMax(1, id, stamp, BigInt(bytes)));
  }

  /** The account has charged that much before the program begins. */
  hold(account: number, { stamp }: Pool, bytes: number): void {
    this.#expect(this.call.charge(account, stamp, bytes));
  }

  /** The account says that it is about to charge that much. */
  begin(account: number, bytes: number): void {
    const address = account << ACCOUNT_SHIFT;
    this.words.write(address + ACCOUNT_INTENDED, 64, this.words.read(address + ACCOUNT_CHARGED, 64) + bytes);
  }

  /** The pool of that id, in its present use. */
  poolAt(id: number): Pool {
    const address = (id << POOL_SHIFT) >>> 0;
    return { id, address, stamp: this.words.read(address + POOL_STAMP, 32) };
  }

  account(agent: Tenant, pool: Pool): number {
    return this.#expect(this.call.openAccount(agent.id, pool.id));
  }

  incarnationOf(group: Group): number {
    return this.words.read(this.addressOf(CGROUP, group.id) + CGROUP_INCARNATION, 32);
  }

  wake(address: number, count: number): void {
    let left = count;
    for (const sleeper of this.actors) if (left > 0 && sleeper.wake(address)) left--;
  }

  capacityOf(kind: number): number {
    return this.words.read(ARENA_SLOTS + kind * SLOTS_SIZE + SLOTS_CAPACITY, 32);
  }

  addressOf(kind: number, id: number): number {
    const entry = ARENA_SLOTS + kind * SLOTS_SIZE;
    return this.words.read(entry + SLOTS_BASE, 32) + (id - 1) * this.words.read(entry + SLOTS_STRIDE, 32);
  }

  /** In the record of the first agent. */
  #layDown(name: string): void {
    for (const [index, byte] of Buffer.from(name).entries()) {
      this.words.write(this.addressOf(AGENT, 1) + AGENT_NAME + index, 8, byte);
    }
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
