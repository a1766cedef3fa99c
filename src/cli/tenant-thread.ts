import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Played } from "../trace/trace-player.ts";
import type { TenantJob, TenantReport } from "./tenant-worker.ts";

/** The thread of one tenant, seen from the main thread. */
export class TenantThread {
  readonly #worker: Worker;

  /** Starts it; it plays as soon as it has its turn. */
  constructor(job: TenantJob) {
    // Both are built to files next to each other: a worker cannot load TypeScript.
    this.#worker = new Worker(new URL("./tenant-worker.js", import.meta.url), { workerData: job });
  }

  /** Waits until all of its events are played. It still holds what they charged. */
  async play(): Promise<Played> {
    const report = await this.#report();
    if (report.state === "played") return report.played;
    throw new Error("a tenant's thread left before it had played its events");
  }

  /** Lets it give back what it holds. */
  async leave(): Promise<void> {
    const left = this.#report();
    this.#worker.postMessage(null);
    await left;
  }

  /** Ends it wherever it is. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  /** Its next message; an error of the thread, or its end without a message, is thrown. */
  async #report(): Promise<TenantReport> {
    const ended = once(this.#worker, "exit").then(([code]) => {
      throw new Error(`a tenant's thread ended early, with code ${code}`);
    });
    const [report] = await Promise.race([once(this.#worker, "message"), ended]);
    return report as TenantReport;
  }
}
