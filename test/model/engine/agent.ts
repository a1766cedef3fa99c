import {
  AGENT,
  AGENT_NAME,
  ARENA_GATE,
  ARENA_LOCK,
  BUSY,
  CGROUP,
  CGROUP_GENERATION,
  POOL_SHIFT,
  POOL_STAMP,
} from "../../../assembly/abi.ts";
import { GET, STORE } from "../../../assembly/access.ts";
import type { CoreExports } from "../../../src/core/exports.ts";
import { DEATH, UNTIL, WAIT, YIELD } from "./access.ts";
import type { Actor } from "./actor.ts";
import type { Group, Pool, World } from "./world.ts";

/** What a script works with: the module's functions, each whole, and what the library does around them. */
export class Agent {
  /** Its slot in the arena. */
  readonly id: number;
  readonly #world: World;
  /** The module's functions. */
  readonly call: CoreExports;
  readonly actor: Actor;

  constructor(actor: Actor, { id, world, exports }: { id: number; world: World; exports: CoreExports }) {
    this.actor = actor;
    this.id = id;
    this.#world = world;
    const whole =
      (call: (...args: unknown[]) => unknown) =>
      (...args: unknown[]) =>
        this.whole(() => call(...args));
    this.call = Object.fromEntries(
      Object.entries(exports as unknown as Record<string, () => unknown>).map(([name, call]) => [name, whole(call)]),
    ) as unknown as CoreExports;
  }

  /** One call, whose answer is all that its doer remembers of it. */
  whole<T>(call: () => T): T {
    this.actor.beginCall();
    const result = call();
    this.actor.endCall(Number(result));
    return result;
  }

  /** Notes what a call came to. */
  answer(answer: number | string): void {
    this.actor.answer(answer);
  }

  access(what: number, address: number, { bits = 32, value = 0, expected = 0 } = {}): number {
    return this.actor.access(what, bits, address, value, expected);
  }

  /** Lays a name down for the next call. @returns its length */
  layDown(name: string): number {
    const record = this.#world.addressOf(AGENT, this.id);
    for (const [index, byte] of Buffer.from(name).entries()) {
      this.access(STORE, record + AGENT_NAME + index, { bits: 8, value: byte });
    }
    return name.length;
  }

  /** The group that has this id now. */
  group(id: number): Group {
    const generation = this.#world.addressOf(CGROUP, id) + CGROUP_GENERATION;
    return { id, generation: this.whole(() => this.access(GET, generation)) };
  }

  /** The pool that has this id now. */
  poolAt(id: number): Pool {
    const address = (id << POOL_SHIFT) >>> 0;
    return { id, address, stamp: this.whole(() => this.access(GET, address + POOL_STAMP)) };
  }

  /** Tries again whenever the lock was given back, or the gate opened, as the library does. */
  waitOut(attempt: () => number): number {
    for (;;) {
      const result = attempt();
      if (result !== BUSY) return result;
      const owner = this.whole(() => this.access(GET, ARENA_LOCK));
      if (owner !== 0) this.whole(() => this.access(UNTIL, ARENA_LOCK, { expected: owner }));
      this.whole(() => this.access(UNTIL, ARENA_GATE));
    }
  }

  /** `Atomics.wait`. */
  sleep(address: number, seen: number): void {
    this.whole(() => this.access(WAIT, address, { expected: seen }));
  }

  /** Lets others go first. @returns whether anybody has done anything */
  yield(): boolean {
    return this.whole(() => this.access(YIELD, 0)) === 1;
  }

  /** Goes on when that one is dead. */
  untilDead(other: Agent): void {
    this.whole(() => this.access(DEATH, other.actor.id));
  }
}
