import { type Cgroup, Dmem, type Pool, type Region } from "../../src/index.ts";
import type { Model, ModelGroup, ModelRegion } from "./model.ts";
import type { ModelPool } from "./model-pool.ts";

/** One agent, and its handle for each thing of the model. What was gone when it attached has none. */
export class Handles {
  readonly dmem: Dmem;
  readonly groups = new Map<ModelGroup, Cgroup>();
  readonly regions = new Map<ModelRegion, Region>();
  readonly pools = new Map<ModelPool, Pool>();

  constructor(observer: Dmem, model: Model) {
    this.dmem = Dmem.attach(observer.handle);
    this.add(model);
  }

  /** Takes handles of what is new. */
  add({ groups, regions, pools }: Model): void {
    for (const group of groups) {
      if (!group.removed && !this.groups.has(group)) this.groups.set(group, this.dmem.cgroup(group.path));
    }
    const present = this.dmem.regions;
    for (const [index, region] of regions.filter(({ registered }) => registered).entries()) {
      const handle = present[index];
      if (handle !== undefined && !this.regions.has(region)) this.regions.set(region, handle);
    }
    for (const pool of pools) {
      const [group, region] = [this.groups.get(pool.group), this.regions.get(pool.region)];
      if (pool.live && group && region && !this.pools.has(pool)) this.pools.set(pool, group.pool(region));
    }
  }
}
