import { Dmem } from "../index.ts";
import type { LimitName } from "../trace/policy.ts";
import type { Played } from "../trace/trace-player.ts";
import type { CardJob, CardReport } from "./card-worker.ts";
import { Grain } from "./grain.ts";
import { createMailbox, type Mailbox, servedRequests } from "./mailbox.ts";
import type { Occupancy, TenantFigures } from "./replay-card.ts";
import type { ReplayPlan, TenantPlan } from "./replay-plan.ts";
import { ReplayThread } from "./replay-thread.ts";
import type { TenantJob } from "./tenant-worker.ts";

export interface TenantResult {
  readonly plan: TenantPlan;
  readonly cgroup: string;
  readonly figures: TenantFigures;
  readonly played: Played;
}

export interface ReplayResult {
  readonly plan: ReplayPlan;
  readonly card: Occupancy;
  readonly tenants: readonly TenantResult[];
}

/** What there is to report. */
export interface ReplayOutcome {
  readonly result: ReplayResult;
  /** The built-in scenario without any `min` and `low`; `null` for other replays. */
  readonly unprotected: ReplayResult | null;
}

// All are built to files next to each other.
const CARD_PROGRAM = new URL("./card-worker.js", import.meta.url);
const TENANT_PROGRAM = new URL("./tenant-worker.js", import.meta.url);

/**
 * Replays a plan: a thread for the card and one for each tenant. The card serves in the order of the schedule, so every
 * run gives the same figures.
 *
 * @param watch is given a look at how many events were played so far, to show progress from
 * @throws {DmemError} if the library refuses a name of the plan
 */
export async function replay(plan: ReplayPlan, watch: (played: () => number) => void): Promise<ReplayResult> {
  const dmem = Dmem.create({ semantics: plan.semantics });
  try {
    const cgroups = makeGroups(dmem, plan);
    const mailboxes = plan.tenants.map(createMailbox);
    watch(() => mailboxes.reduce((sum, mailbox) => sum + servedRequests(mailbox), 0));
    return await play(plan, mailboxes, cardJob(dmem, plan, { cgroups, mailboxes }));
  } finally {
    dmem.dispose();
  }
}

/**
 * The card is a region whose size is the capacity, each tenant a group directly below the root: a group between them,
 * with no `min` and `low` of its own, would leave the tenants none.
 *
 * @returns the groups' paths
 */
function makeGroups(dmem: Dmem, plan: ReplayPlan): string[] {
  const grain = new Grain(plan.capacity);
  const region = dmem.registerRegion(plan.region, { size: grain.toPool(plan.capacity) });
  return plan.tenants.map(({ name, limits }) => {
    const group = dmem.root.mkdir(name);
    const pool = group.pool(region);
    for (const limit of Object.keys(limits) as LimitName[]) pool[limit] = grain.toPool(limits[limit]);
    return group.path;
  });
}

function cardJob(dmem: Dmem, plan: ReplayPlan, seats: { cgroups: string[]; mailboxes: Mailbox[] }): CardJob {
  const { region, capacity, schedule } = plan;
  const { cgroups, mailboxes } = seats;
  const tenants = plan.tenants.map(({ movable }, i) => ({ cgroup: cgroups[i] as string, movable }));
  return { dmem: dmem.handle, region, capacity, schedule, tenants, mailboxes };
}

async function play(plan: ReplayPlan, mailboxes: readonly Mailbox[], job: CardJob): Promise<ReplayResult> {
  const card = new ReplayThread<CardJob, CardReport>(CARD_PROGRAM, job);
  const tenants = plan.tenants.map(({ trace: { bytes, freed } }, i) => {
    const mailbox = mailboxes[i] as Mailbox;
    return new ReplayThread<TenantJob, Played>(TENANT_PROGRAM, { bytes, freed, mailbox });
  });
  try {
    const [report, ...played] = await Promise.all([card.report, ...tenants.map((tenant) => tenant.report)]);
    // Not stopped: it is giving back what it charged, and must not be caught in the middle of that.
    await card.ended;
    const results = plan.tenants.map((tenant, i) => ({
      plan: tenant,
      cgroup: job.tenants[i]?.cgroup as string,
      figures: report.tenants[i] as TenantFigures,
      played: played[i] as Played,
    }));
    return { plan, card: report.card, tenants: results };
  } finally {
    await Promise.all([card, ...tenants].map((thread) => thread.stop()));
  }
}
