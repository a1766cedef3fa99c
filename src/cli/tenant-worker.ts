import { parentPort, workerData } from "node:worker_threads";
import { Dmem, type DmemHandle } from "../index.ts";
import { type Played, TracePlayer } from "../trace/trace-player.ts";
import { awaitTurn, passTurn, type TurnsHandle } from "./turns.ts";

// The thread of one tenant: attaches to the arena, plays its events when it is its turn, reports what became of them.
// It then keeps what it holds until it is told to leave, so that the figures can be read while everything is charged.

/** What a tenant's thread is given. */
export interface TenantJob {
  readonly dmem: DmemHandle;
  /** Path of its cgroup. */
  readonly cgroup: string;
  readonly region: string;
  /** Its number in the schedule. */
  readonly tenant: number;
  readonly bytes: Float64Array;
  readonly freed: Int32Array;
  readonly turns: TurnsHandle;
}

/** What it posts: once everything is played, and once it has given everything back. */
export type TenantReport = { readonly state: "played"; readonly played: Played } | { readonly state: "left" };

/** Events between two entries of progress, where a run is long. */
const PROGRESS_EVENTS = 4096;

const job = workerData as TenantJob;
const dmem = Dmem.attach(job.dmem);
const player = new TracePlayer(job, dmem.cgroup(job.cgroup).pool(dmem.region(job.region)));

parentPort?.once("message", () => {
  dmem.dispose();
  post({ state: "left" });
});
playAll();
post({ state: "played", played: player.played });

function playAll(): void {
  for (let run = -1; player.position < job.bytes.length; ) {
    run = awaitTurn(job.turns, job.tenant, run);
    playRun(job.turns.lengths[run] as number);
    passTurn(job.turns, run);
  }
}

function playRun(length: number): void {
  for (let left = length; left > 0; left -= PROGRESS_EVENTS) {
    player.play(Math.min(left, PROGRESS_EVENTS));
    job.turns.played[job.tenant] = player.position;
  }
}

function post(report: TenantReport): void {
  parentPort?.postMessage(report);
}
