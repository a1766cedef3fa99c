// The controller in "intended" semantics, plainly: what is held is written down once, and every figure is summed up
// from that each time. Nothing is fast, nothing is freed. A refusal is its errno's name.

export const UNLIMITED = 2 ** 51 - 1;
const LARGEST = 2 ** 53 - 1;

export type Limit = "min" | "low" | "max";

export class ModelGroup {
  readonly name: string;
  readonly parent: ModelGroup | null;
  removed = false;

  constructor(name: string, parent: ModelGroup | null) {
    this.name = name;
    this.parent = parent;
  }

  get path(): string {
    if (this.parent === null) return "/";
    return `${this.parent.parent === null ? "" : this.parent.path}/${this.name}`;
  }

  isWithin(other: ModelGroup): boolean {
    return this === other || (this.parent?.isWithin(other) ?? false);
  }
}

export interface ModelRegion {
  readonly name: string;
  registered: boolean;
}

export interface ModelTicket {
  readonly pool: ModelPool;
  readonly bytes: number;
  readonly giver: number;
  open: boolean;
}

export class ModelPool {
  readonly group: ModelGroup;
  readonly region: ModelRegion;
  readonly parent: ModelPool | null;
  readonly children: ModelPool[] = [];
  /** Bytes, by agent. */
  readonly held: number[];
  readonly tickets: ModelTicket[] = [];
  readonly limits = { min: 0, low: 0, max: UNLIMITED };
  peak = 0;

  constructor(group: ModelGroup, region: ModelRegion, parent: ModelPool | null, agents: number) {
    this.group = group;
    this.region = region;
    this.parent = parent;
    this.held = Array(agents).fill(0);
    parent?.children.push(this);
  }

  get live(): boolean {
    return !this.group.removed && this.region.registered;
  }

  get usage(): number {
    const own = [...this.held, ...this.tickets.map(({ open, bytes }) => (open ? bytes : 0))];
    return [...own, ...this.children.map(({ usage }) => usage)].reduce((sum, bytes) => sum + bytes, 0);
  }

  /** This pool and those above it, upwards. */
  get path(): ModelPool[] {
    return this.parent === null ? [this] : [this, ...this.parent.path];
  }

  tryCharge(agent: number, bytes: number): ModelPool | null | string {
    if (!this.live) return "ENODEV";
    const full = this.path.find(({ usage, limits }) => usage + bytes > limits.max);
    if (full !== undefined) return full;
    this.#take(agent, bytes);
    return null;
  }

  charge(agent: number, bytes: number): string | undefined {
    if (!this.live) return "ENODEV";
    if (this.path.some(({ usage }) => usage + bytes > LARGEST)) return "EINVAL";
    this.#take(agent, bytes);
    return undefined;
  }

  uncharge(agent: number, bytes: number): string | undefined {
    if (bytes > this.#heldBy(agent)) return this.#refusal;
    this.held[agent] = this.#heldBy(agent) - bytes;
    return undefined;
  }

  handOver(agent: number, bytes: number): ModelTicket | string {
    if (bytes === 0) return "EINVAL";
    const refusal = this.uncharge(agent, bytes);
    if (refusal !== undefined) return refusal;
    const ticket = { pool: this, bytes, giver: agent, open: true };
    this.tickets.push(ticket);
    return ticket;
  }

  adopt(agent: number, ticket: ModelTicket): number | string {
    if (!ticket.open || ticket.pool !== this) return this.#refusal;
    ticket.open = false;
    this.held[agent] = this.#heldBy(agent) + ticket.bytes;
    return ticket.bytes;
  }

  setLimit(limit: Limit, bytes: number): string | undefined {
    if (this.parent === null) return "EINVAL";
    if (!this.live) return "ENODEV";
    this.limits[limit] = bytes === Number.POSITIVE_INFINITY ? UNLIMITED : bytes;
    return undefined;
  }

  forget(agent: number): void {
    this.held[agent] = 0;
    for (const ticket of this.tickets) if (ticket.giver === agent) ticket.open = false;
  }

  #heldBy(agent: number): number {
    return this.held[agent] ?? 0;
  }

  /** Of more than is held: what is gone may also say that it is gone. */
  get #refusal(): string {
    return this.live ? "EINVAL" : "EINVAL or ENODEV";
  }

  #take(agent: number, bytes: number): void {
    this.held[agent] = this.#heldBy(agent) + bytes;
    for (const pool of this.path) pool.peak = Math.max(pool.peak, pool.usage);
  }
}

export class Model {
  readonly groups: ModelGroup[] = [new ModelGroup("", null)];
  readonly regions: ModelRegion[] = [];
  readonly pools: ModelPool[] = [];
  readonly tickets: ModelTicket[] = [];
  readonly #agents: number;

  constructor(agents: number) {
    this.#agents = agents;
  }

  childrenOf(parent: ModelGroup): ModelGroup[] {
    return this.groups.filter((group) => group.parent === parent && !group.removed);
  }

  mkdir(parent: ModelGroup, name: string): ModelGroup | string {
    if (parent.removed) return "ENODEV";
    if (this.childrenOf(parent).some((group) => group.name === name)) return "EEXIST";
    const group = new ModelGroup(name, parent);
    this.groups.push(group);
    for (const region of this.regions) this.#addPool(group, region);
    return group;
  }

  rmdir(group: ModelGroup): string | undefined {
    if (group.removed) return "ENODEV";
    if (group.parent === null || this.childrenOf(group).length > 0) return "EBUSY";
    for (const pool of this.pools) {
      if (pool.group === group && pool.live) Object.assign(pool.limits, { min: 0, low: 0, max: UNLIMITED });
    }
    group.removed = true;
    return undefined;
  }

  register(name: string): ModelRegion | string {
    if (this.regions.some((region) => region.registered && region.name === name)) return "EEXIST";
    const region = { name, registered: true };
    this.regions.push(region);
    for (const group of this.groups) this.#addPool(group, region);
    return region;
  }

  unregister(region: ModelRegion): string | undefined {
    if (!region.registered) return "ENODEV";
    region.registered = false;
    return undefined;
  }

  /** What comes back when the agent goes. */
  forget(agent: number): void {
    for (const pool of this.pools) pool.forget(agent);
  }

  #addPool(group: ModelGroup, region: ModelRegion): void {
    if (group.removed || !region.registered) return;
    const parent = this.pools.find((pool) => pool.group === group.parent && pool.region === region) ?? null;
    this.pools.push(new ModelPool(group, region, parent, this.#agents));
  }
}
