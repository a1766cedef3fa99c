import type { ModelGroup, ModelRegion } from "./model.ts";
import { effective, type Protection } from "./model-protection.ts";

/** As a limit reads that was never set. */
export const UNLIMITED = 2n ** 51n - 1n;
export const NO_LIMITS = { min: 0n, low: 0n, max: UNLIMITED };
const LARGEST = 2n ** 53n - 1n;

export type Limit = "min" | "low" | "max";

export interface ModelTicket {
  readonly pool: ModelPool;
  readonly bytes: bigint;
  readonly giver: number;
  open: boolean;
}

/** What a pool is asked when memory is wanted. */
export interface Value {
  readonly valuable: boolean;
  readonly hitLow: boolean;
}

/** What is held is written down once, and every figure is summed up from that each time. */
export class ModelPool {
  readonly group: ModelGroup;
  readonly region: ModelRegion;
  readonly parent: ModelPool | null;
  readonly children: ModelPool[] = [];
  readonly tickets: ModelTicket[] = [];
  readonly limits = { ...NO_LIMITS };
  peak = 0n;
  /** Bytes, by agent. */
  readonly #held: bigint[];

  constructor(of: { group: ModelGroup; region: ModelRegion; parent: ModelPool | null; agents: number }) {
    this.group = of.group;
    this.region = of.region;
    this.parent = of.parent;
    this.#held = Array(of.agents).fill(0n);
    this.parent?.children.push(this);
  }

  get live(): boolean {
    return !this.group.removed && this.region.registered;
  }

  /** Whether nothing is left of it to be asked about. */
  get gone(): boolean {
    return !this.live && this.usage === 0n;
  }

  get usage(): bigint {
    const own = [...this.#held, ...this.tickets.map(({ open, bytes }) => (open ? bytes : 0n))];
    return [...own, ...this.children.map(({ usage }) => usage)].reduce((sum, bytes) => sum + bytes, 0n);
  }

  /** This pool and those above it, upwards. */
  get path(): ModelPool[] {
    return this.parent === null ? [this] : [this, ...this.parent.path];
  }

  get top(): ModelPool {
    return this.parent?.top ?? this;
  }

  heldBy(agent: number): bigint {
    return this.#held[agent] ?? 0n;
  }

  /** Whether the agent holds something of it, or has handed something over that nobody has adopted. */
  isUsedBy(agent: number): boolean {
    return this.heldBy(agent) > 0n || this.tickets.some(({ giver, open }) => giver === agent && open);
  }

  tryCharge(agent: number, bytes: bigint): ModelPool | null | string {
    if (!this.live) return "ENODEV";
    const full = this.path.find(({ usage, limits }) => usage + bytes > limits.max);
    if (full !== undefined) return full;
    this.take(agent, bytes);
    return null;
  }

  charge(agent: number, bytes: bigint): string | undefined {
    if (!this.live) return "ENODEV";
    if (this.path.some(({ usage }) => usage + bytes > LARGEST)) return "EINVAL";
    this.take(agent, bytes);
    return undefined;
  }

  uncharge(agent: number, bytes: bigint): string | undefined {
    if (bytes > this.heldBy(agent)) return this.refusal;
    this.hold(agent, -bytes);
    return undefined;
  }

  handOver(agent: number, bytes: bigint): ModelTicket | string {
    if (bytes === 0n) return "EINVAL";
    if (bytes > this.heldBy(agent)) return this.refusal;
    this.hold(agent, -bytes);
    const ticket = { pool: this, bytes, giver: agent, open: true };
    this.tickets.push(ticket);
    return ticket;
  }

  adopt(agent: number, ticket: ModelTicket): number | string {
    if (!ticket.open || ticket.pool !== this || this.gone) return this.refusal;
    ticket.open = false;
    this.hold(agent, ticket.bytes);
    return Number(ticket.bytes);
  }

  setLimit(limit: Limit, bytes: number): string | undefined {
    if (this.parent === null) return "EINVAL";
    if (!this.live) return "ENODEV";
    this.limits[limit] = bytes === Number.POSITIVE_INFINITY ? UNLIMITED : BigInt(bytes);
    return undefined;
  }

  /** The agent goes, and with it what it holds, open tickets included. */
  forget(agent: number): void {
    this.#held[agent] = 0n;
    for (const ticket of this.tickets) if (ticket.giver === agent) ticket.open = false;
  }

  /** What of the usage is protected, as seen from a pool above. */
  protection(root: ModelPool): Protection {
    return { min: effective(root, this, "min"), low: effective(root, this, "low") };
  }

  isProtected(root: ModelPool, kind: "min" | "low"): boolean | string {
    if (this.parent === null || root === this) return false;
    if (!this.path.includes(root)) return "EINVAL";
    return this.usage <= this.protection(root)[kind];
  }

  evictValuable(limit: ModelPool | null, ignoreLow: boolean): Value {
    if (limit === this) return { valuable: true, hitLow: false };
    if (limit !== null && !this.path.includes(limit)) return { valuable: false, hitLow: false };
    const { min, low } = this.protection(limit ?? this.top);
    if (this.usage <= min) return { valuable: false, hitLow: false };
    const valuable = ignoreLow || this.usage > low;
    return { valuable, hitLow: !valuable };
  }

  /** Of more than is held: what is gone may also say that it is gone. */
  protected get refusal(): string {
    return this.live ? "EINVAL" : "EINVAL or ENODEV";
  }

  protected take(agent: number, bytes: bigint): void {
    this.hold(agent, bytes);
    for (const pool of this.path) pool.raisePeak(pool.usage);
  }

  protected hold(agent: number, gain: bigint): void {
    this.#held[agent] = this.heldBy(agent) + gain;
  }

  protected raisePeak(usage: bigint): void {
    if (usage > this.peak) this.peak = usage;
  }
}
