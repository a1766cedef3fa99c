import { parentPort, workerData } from "node:worker_threads";
import { TracePlayer } from "../trace/trace-player.ts";
import { type Mailbox, Outbox } from "./mailbox.ts";

// The thread of one tenant: sends its events to the card as requests, reports what became of them.

/** What a tenant's thread is given. */
export interface TenantJob {
  readonly bytes: Float64Array;
  readonly freed: Int32Array;
  readonly mailbox: Mailbox;
}

const job = workerData as TenantJob;
parentPort?.postMessage(new TracePlayer(job).play(new Outbox(job.mailbox)));
