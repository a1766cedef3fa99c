import { ModelPool, type ModelTicket, NO_LIMITS } from "./model-pool.ts";

// The controller, plainly: groups, regions, and a pool for each of both. Nothing is fast, nothing is freed. A refusal
// is its errno's name. This is "intended" semantics; linux-model.ts has where Linux differs.

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

export class Model {
  readonly groups: ModelGroup[] = [new ModelGroup("", null)];
  readonly regions: ModelRegion[] = [];
  readonly pools: ModelPool[] = [];
  readonly tickets: ModelTicket[] = [];
  protected readonly agents: number;

  constructor(agents: number) {
    this.agents = agents;
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
      if (pool.group === group && pool.live) Object.assign(pool.limits, NO_LIMITS);
    }
    group.removed = true;
    return undefined;
  }

  register(name: string): ModelRegion | string {
    if (/\s/.test(name)) return "EINVAL";
    if (this.regions.some((region) => region.registered && region.name === name)) return "EEXIST";
    return this.addRegion(name);
  }

  protected addRegion(name: string): ModelRegion {
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
    this.pools.push(this.newPool(group, region, parent));
  }

  protected newPool(group: ModelGroup, region: ModelRegion, parent: ModelPool | null): ModelPool {
    return new ModelPool({ group, region, parent, agents: this.agents });
  }
}
