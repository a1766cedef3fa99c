import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { DmemHandle } from "../../src/index.ts";
import type { Report } from "./audit.ts";

/** What the threads of one run do. */
export interface Plan {
  readonly seed: number;
  readonly workers: number;
  readonly rounds: number;
  /** Moves of each thread in each round. */
  readonly moves: number;
  /** Whether they return everything before they detach. */
  readonly leave: "empty-handed" | "with-everything";
  /** Bytes that the first thread's report is wrong by. */
  readonly misreport: number;
}

/** How often something happened, by name; with an error's code: how often a race was lost. */
export type Counts = Record<string, number>;
export type CountedReport = Report & { readonly counts: Counts };

/** Words that all threads see. */
export interface Shared {
  readonly size: number;
  readonly arrived: Int32Array;
  readonly meetings: Int32Array;
  readonly released: Int32Array;
  /** What is known to be charged below `/hard`, `/hard/a` and `/hard/b`, and the limits there. */
  readonly ledger: Int32Array;
  readonly limits: Int32Array;
  readonly mailbox: BigInt64Array;
}

const MAILBOX_SLOTS = 16;

export function createShared(size: number, limits: readonly number[]): Shared {
  const words = (count: number) => new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
  const shared = {
    size,
    arrived: words(1),
    meetings: words(1),
    released: words(1),
    ledger: words(limits.length),
    limits: words(limits.length),
    mailbox: new BigInt64Array(new SharedArrayBuffer(MAILBOX_SLOTS * BigInt64Array.BYTES_PER_ELEMENT)),
  };
  shared.limits.set(limits);
  return shared;
}

/** Threads that work in rounds and wait after each of them. */
export class Crew {
  readonly #shared: Shared;
  readonly #workers: readonly Worker[];
  #reports: Promise<CountedReport[]>;

  constructor(dmem: DmemHandle, plan: Plan, shared: Shared) {
    this.#shared = shared;
    this.#workers = Array.from({ length: plan.workers }, (_, index) => {
      const workerData = { dmem, plan, index, shared };
      return new Worker(new URL("tenant.mjs", import.meta.url), { workerData });
    });
    this.#reports = this.#gather();
  }

  /** Waits until all have come together. Nobody moves until {@link release}. */
  meet(): Promise<CountedReport[]> {
    return this.#reports;
  }

  release(): void {
    this.#reports = this.#gather();
    this.#reports.catch(() => {});
    Atomics.add(this.#shared.released, 0, 1);
    Atomics.notify(this.#shared.released, 0);
  }

  /** Lets them leave. */
  async part(): Promise<void> {
    const gone = Promise.all(this.#workers.map((worker) => once(worker, "exit")));
    Atomics.add(this.#shared.released, 0, 1);
    Atomics.notify(this.#shared.released, 0);
    await gone;
  }

  async terminate(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #gather(): Promise<CountedReport[]> {
    return Promise.all(
      this.#workers.map(async (worker) => {
        const [report]: (CountedReport | Error)[] = await once(worker, "message");
        if (report === undefined || report instanceof Error) throw report;
        return report;
      }),
    );
  }
}
