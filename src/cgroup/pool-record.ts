import {
  DETACHED,
  OFFLINE,
  POOL_HIGH,
  POOL_LOW,
  POOL_MAX,
  POOL_MIN,
  POOL_PEAK,
  POOL_SHIFT,
  POOL_STAMP,
  POOL_USAGE,
  REMOVED,
  STAMP_SHIFT,
} from "../../assembly/abi.ts";
import { limitValue } from "../core/bytes.ts";
import type { Core } from "../core/core.ts";
import { DmemError } from "../core/errors.ts";
import type { CoreExports } from "../core/exports.ts";
import { statusError } from "../core/status.ts";
import type { Stock } from "../core/stock.ts";
import type { Cgroup } from "./cgroup.ts";
import type { Region } from "./region.ts";

/** A pool's words as they are in memory, exact to 64 bits. */
export interface PoolValues {
  readonly usage: bigint;
  readonly peak: bigint;
  readonly min: bigint;
  readonly low: bigint;
  readonly high: bigint;
  readonly max: bigint;
}

/**
 * Where a pool's counter is: found by cgroup and region, made on first need, and never mistaken for another one that
 * came to use the same slot later.
 */
export class PoolRecord {
  readonly cgroup: Cgroup;
  readonly region: Region;
  /** @internal */
  protected readonly core: Core;
  /** @internal The core's functions, nearer by. */
  protected readonly call: CoreExports;
  /** @internal The counter's id, 0 as long as it was not found. */
  protected id = 0;
  /** @internal Which use of the slot is meant. */
  protected use = 0;
  /** @internal This thread's account for it, 0 as long as it is not open. */
  protected book = 0;
  /** @internal What this thread has charged ahead; `null`: it keeps no stock. */
  protected ahead: Stock | null = null;
  readonly #incarnation: number;

  /** @internal */
  constructor(core: Core, cgroup: Cgroup, region: Region) {
    this.core = core;
    this.call = core.call;
    this.cgroup = cgroup;
    this.region = region;
    this.#incarnation = cgroup.incarnation;
  }

  /**
   * Whether its cgroup was removed or the controller switched off there since: what is charged here lives on by itself.
   */
  get retired(): boolean {
    return this.cgroup.removed || this.cgroup.incarnation !== this.#incarnation;
  }

  /** Whether the counter exists and its region is registered. */
  get attached(): boolean {
    return this.find() !== 0 && (this.core.word((this.id << POOL_SHIFT) + POOL_STAMP) & DETACHED) === 0;
  }

  /** All of a pool's words. Of a counter that does not exist: 0, and no limit. */
  values(): PoolValues {
    const id = this.find();
    const values = this.#read(id << POOL_SHIFT);
    return id === this.find() ? values : this.values(); // freed while it was read
  }

  #read(address: number): PoolValues {
    const read = (word: number) => (address === 0 ? 0n : this.core.long(address + word));
    return {
      usage: read(POOL_USAGE),
      peak: read(POOL_PEAK),
      min: read(POOL_MIN),
      low: read(POOL_LOW),
      high: read(POOL_HIGH),
      max: address === 0 ? limitValue(Number.POSITIVE_INFINITY, "max") : read(POOL_MAX),
    };
  }

  toString(): string {
    return `${this.cgroup.path} ${this.region.name}`;
  }

  /** @internal How an error's sentence calls it. */
  get subject(): string {
    return `${this.region.name} in "${this.cgroup.path}"`;
  }

  /** @internal The counter's id, 0 if it does not exist or no longer. */
  find(): number {
    if (this.id !== 0) return this.#isInUse() ? this.id : 0;
    const id = this.#search();
    // Stryker disable next-line ConditionalExpression: only quicker: the first of all is none, and found again as none
    if (id !== 0) this.#bindFound(id);
    return this.id;
  }

  /** @internal The counter's id, made if need be; not if it is to be charged and there is no room for an account. */
  provide(forCharge = false): number {
    const found = this.find();
    if (found !== 0) return found;
    const { cgroup, region } = this;
    const { agent, call } = this.core;
    const [at, incarnation] = [cgroup.generation, this.#incarnation];
    const attempt = () => call.createPool(agent, cgroup.id, at, incarnation, region.id, region.generation, forCharge);
    this.#bindFound(this.core.change(attempt, this.subject));
    if (this.id === 0) throw statusError(REMOVED, this.subject);
    return this.id;
  }

  /** @internal The stamp by which a call says which use of the slot it means. */
  get stamp(): number {
    return this.use;
  }

  /** @internal This thread's account, opened if need be. */
  account(): number {
    this.book ||= this.core.account(this.provide(true), this.subject);
    return this.book;
  }

  /** @internal Makes a change in the counter and turns a status into an error. */
  change(attempt: (core: Core, id: number, stamp: number) => number): number {
    const id = this.provide();
    return this.core.change(() => attempt(this.core, id, this.use), this.subject);
  }

  /** @internal Sets a limit, in the full range that the files know. */
  setLimit(limit: "min" | "low" | "high" | "max", value: bigint): void {
    if (this.cgroup.parent === null) throw new DmemError("EINVAL", `The root cgroup has no ${limit}.`);
    this.change(({ call, agent }, id, stamp) => {
      if (limit === "max") return call.setMax(agent, id, stamp, value);
      if (limit === "high") return call.setHigh(agent, id, stamp, value);
      return limit === "min" ? call.setMin(agent, id, stamp, value) : call.setLow(agent, id, stamp, value);
    });
  }

  /** Whether the slot is still in the use that is meant. A plain read: whoever acts on it has the core look again. */
  #isInUse(): boolean {
    // Stryker disable next-line ConditionalExpression: only quicker
    if (!this.core.attached) this.core.requireAttached();
    const stamp = this.core.words[((this.id << POOL_SHIFT) + POOL_STAMP) >>> 2] as number;
    return (stamp ^ this.use) >>> STAMP_SHIFT === 0; // one that is freed is at once in its next use
  }

  #search(): number {
    const { cgroup, region } = this;
    const find = () => this.core.call.findPool(cgroup.id, cgroup.generation, region.id, region.generation);
    const id = this.core.walk(find);
    // Stryker disable next-line EqualityOperator: 0 or 0
    return id > 0 && cgroup.incarnation === this.#incarnation ? id : 0;
  }

  /** Remembers the slot and which use of it is meant; whether it is retired is not part of that. */
  #bind(id: number): void {
    this.id = id;
    this.use = this.core.word((id << POOL_SHIFT) + POOL_STAMP) & ~(OFFLINE | DETACHED);
  }

  /** The same for what a search found, unless another thread freed it before it could be remembered. */
  #bindFound(id: number): void {
    this.#bind(id);
    if (this.#search() !== id) this.id = 0;
  }
}
