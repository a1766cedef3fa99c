import { type Cgroup, Dmem, type Region } from "../index.ts";
import type { Played } from "../trace/trace-player.ts";
import type { ReplayPlan, TenantPlan } from "./replay-plan.ts";
import { TenantThread } from "./tenant-thread.ts";
import type { TenantJob } from "./tenant-worker.ts";
import { createTurns, type TurnsHandle } from "./turns.ts";

/** Amounts in bytes, `Infinity` for no limit. */
export interface PoolFigures {
  readonly usage: number;
  readonly peak: number;
  readonly min: number;
  readonly low: number;
  readonly max: number;
}

export interface TenantResult {
  readonly plan: TenantPlan;
  readonly cgroup: string;
  readonly pool: PoolFigures;
  readonly played: Played;
}

export interface ReplayResult {
  readonly plan: ReplayPlan;
  /** The group above all tenants, whose max is the card's capacity. */
  readonly card: PoolFigures;
  readonly tenants: readonly TenantResult[];
}

/** A controller's record of a region has no say in what is charged to it. So the card is a group, and its max the bound. */
const CARD = "card";

/**
 * Replays a plan: a thread for each tenant, in the order of the schedule, so that every run gives the same figures.
 *
 * @param watch is given the shared counters of events played, by tenant, to show progress from
 * @throws {DmemError} if the library refuses a name of the plan
 */
export async function replay(plan: ReplayPlan, watch: (played: Int32Array) => void): Promise<ReplayResult> {
  const dmem = Dmem.create();
  try {
    const card = makeCard(dmem, plan);
    const turns = createTurns(plan.schedule, plan.tenants.length);
    watch(turns.played);
    return await playTenants(plan, card, turns);
  } finally {
    dmem.dispose();
  }
}

interface Card {
  readonly dmem: Dmem;
  readonly region: Region;
  readonly group: Cgroup;
}

function makeCard(dmem: Dmem, plan: ReplayPlan): Card {
  const region = dmem.registerRegion(plan.region, { size: plan.capacity });
  const group = dmem.root.mkdir(CARD);
  group.pool(region).max = plan.capacity;
  return { dmem, region, group };
}

async function playTenants(plan: ReplayPlan, card: Card, turns: TurnsHandle): Promise<ReplayResult> {
  const groups = plan.tenants.map((tenant) => makeGroup(tenant, card));
  const threads = groups.map((group, tenant) => new TenantThread(makeJob(plan, card, { group, tenant, turns })));
  try {
    const played = await Promise.all(threads.map((thread) => thread.play()));
    const tenants = plan.tenants.map((tenant, i) => ({
      plan: tenant,
      cgroup: (groups[i] as Cgroup).path,
      pool: figures(groups[i] as Cgroup, card.region),
      played: played[i] as Played,
    }));
    const result = { plan, card: figures(card.group, card.region), tenants };
    await Promise.all(threads.map((thread) => thread.leave()));
    return result;
  } finally {
    await Promise.all(threads.map((thread) => thread.stop()));
  }
}

function makeGroup(tenant: TenantPlan, card: Card): Cgroup {
  const group = card.group.mkdir(tenant.name);
  Object.assign(group.pool(card.region), tenant.limits);
  return group;
}

function makeJob(plan: ReplayPlan, card: Card, seat: { group: Cgroup; tenant: number; turns: TurnsHandle }): TenantJob {
  const { bytes, freed } = (plan.tenants[seat.tenant] as TenantPlan).trace;
  const { group, tenant, turns } = seat;
  return { dmem: card.dmem.handle, cgroup: group.path, region: card.region.name, tenant, bytes, freed, turns };
}

function figures(group: Cgroup, region: Region): PoolFigures {
  const { usage, peak, min, low, max } = group.pool(region);
  return { usage, peak, min, low, max };
}
