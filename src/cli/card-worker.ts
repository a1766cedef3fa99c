import { parentPort, workerData } from "node:worker_threads";
import { Dmem, type DmemHandle } from "../index.ts";
import type { Schedule } from "../trace/schedule.ts";
import { Inbox, type Mailbox } from "./mailbox.ts";
import { type Occupancy, ReplayCard, type TenantFigures } from "./replay-card.ts";

// The thread of the card: attaches to the arena, serves the tenants' requests in the order of the schedule, reports.
// All that is charged is its charge, and goes back when it ends.

/** What the card's thread is given. */
export interface CardJob {
  readonly dmem: DmemHandle;
  readonly region: string;
  /** In bytes. */
  readonly capacity: number;
  /** By number: path of the cgroup, and whether the memory can be moved. */
  readonly tenants: readonly { readonly cgroup: string; readonly movable: boolean }[];
  /** By number of the tenant. */
  readonly mailboxes: readonly Mailbox[];
  readonly schedule: Schedule;
}

/** What it posts at the end. */
export interface CardReport {
  readonly card: Occupancy;
  /** By number. */
  readonly tenants: readonly TenantFigures[];
}

const job = workerData as CardJob;
const dmem = Dmem.attach(job.dmem);
const card = new ReplayCard(dmem, dmem.region(job.region), {
  capacity: job.capacity,
  tenants: job.tenants.map(({ cgroup, movable }) => ({ cgroup: dmem.cgroup(cgroup), movable })),
});
const inboxes = job.mailboxes.map((mailbox) => new Inbox(mailbox));

serveAll();
const report: CardReport = { card: card.figures, tenants: job.tenants.map((_, tenant) => card.figuresOf(tenant)) };
parentPort?.postMessage(report);

function serveAll(): void {
  for (const [run, tenant] of job.schedule.owners.entries()) {
    const inbox = inboxes[tenant] as Inbox;
    for (let left = job.schedule.lengths[run] as number; left > 0; left--) {
      inbox.answer(card.serve(tenant, inbox.take()));
    }
  }
  for (const inbox of inboxes) inbox.wakeTenant();
}
