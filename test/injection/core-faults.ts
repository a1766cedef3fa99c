import {
  ACCOUNT_POOL,
  ACCOUNT_SHIFT,
  ARENA_SLOTS,
  NO_SLOT,
  POOL_SHIFT,
  SLOTS_CAPACITY,
  SLOTS_SIZE,
  SLOTS_USED,
} from "../../assembly/abi.ts";
import { SHAPES } from "../../src/core/capacity.ts";
import type { Core } from "../../src/core/core.ts";
import { type Dmem, DmemError, type Pool } from "../../src/index.ts";
import { CountedFault, type Fault } from "./fault.ts";

export type SlotKind = "cgroups" | "regions" | "pools" | "agents" | "accounts" | "tickets";

/** What a controller works on; it has a region. */
export function coreOf(dmem: Dmem): Core {
  const [region] = dmem.regions;
  if (region === undefined) throw new Error("A controller without a region has no pool to be asked.");
  return (dmem.root.pool(region) as Pool & { core: Core }).core;
}

/** Has the nth slot of a kind, and each one after it, be one too many: the others count as used meanwhile. */
class SlotFault implements Fault {
  readonly #core: Core;
  readonly #kind: number;
  #withheld = 0;
  fired = false;

  constructor(core: Core, kind: number) {
    this.#core = core;
    this.#kind = kind;
    observe(core, (result) => {
      this.fired ||= result === NO_SLOT - kind;
    });
  }

  arm(nth: number): void {
    this.fired = false;
    this.#withheld = Math.max(0, this.#word(SLOTS_CAPACITY) - this.#word(SLOTS_USED) - (nth - 1));
    this.#addUsed(this.#withheld);
  }

  disarm(): void {
    this.#addUsed(-this.#withheld);
    this.#withheld = 0;
  }

  #addUsed(count: number): void {
    Atomics.add(this.#core.words, this.#at(SLOTS_USED), count);
  }

  #word(word: number): number {
    return Atomics.load(this.#core.words, this.#at(word));
  }

  #at(word: number): number {
    return (ARENA_SLOTS + this.#kind * SLOTS_SIZE + word) / 4;
  }
}

export function lackOf(name: SlotKind, dmem: Dmem): Fault {
  const shape = SHAPES.find((candidate) => candidate.name === name);
  if (shape === undefined) throw new Error(`There are no ${name}.`);
  return new SlotFault(coreOf(dmem), shape.kind);
}

/** Has the nth charge be refused, or each from then on, as if its own pool were full. */
export function refusedCharges(dmem: Dmem, fault = new CountedFault()): Fault {
  const core = coreOf(dmem);
  for (const name of ["tryCharge", "tryChargeLarge", "tryChargeAhead"] as const) {
    const original = core.call[name];
    core.call[name] = (account, stamp, bytes) => {
      if (account === 0 || !fault.strikes()) return original(account, stamp, bytes);
      return core.word(account * 2 ** ACCOUNT_SHIFT + ACCOUNT_POOL) >>> POOL_SHIFT;
    };
  }
  return fault;
}

/** Has the nth structural change fail, as if somebody kept the lock for too long. */
export function lockedChanges(dmem: Dmem): Fault {
  const core = coreOf(dmem);
  const fault = new CountedFault();
  const original = core.waitOut.bind(core);
  core.waitOut = (attempt) => {
    if (fault.strikes()) throw new DmemError("EAGAIN", "Somebody has been changing the tree for too long.");
    return original(attempt);
  };
  return fault;
}

function observe(core: Core, see: (result: unknown) => void): void {
  const functions = Object.entries(core.call) as [string, (...values: unknown[]) => unknown][];
  const observed = functions.map(([name, original]) => {
    const call = (...values: unknown[]) => {
      const result = original(...values);
      see(result);
      return result;
    };
    return [name, call];
  });
  Object.assign(core.call, Object.fromEntries(observed));
}
