import { once } from "node:events";
import { Worker } from "node:worker_threads";

/** A thread that does one job, reports once, and ends; seen from the main thread. */
export class ReplayThread<Job, Report> {
  /** Fulfilled when it has ended. */
  readonly ended: Promise<unknown>;
  /** Its report; an error of the thread, or its end without a report, is thrown. */
  readonly report: Promise<Report>;
  readonly #worker: Worker;

  /** Starts it. @param program what it runs: a built file, as a worker cannot load TypeScript */
  constructor(program: URL, job: Job) {
    this.#worker = new Worker(program, { workerData: job });
    this.ended = once(this.#worker, "exit");
    this.report = this.#awaitReport();
    // They may fail before anybody asks.
    for (const promise of [this.ended, this.report]) promise.catch(() => {});
  }

  /** Ends it wherever it is. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  async #awaitReport(): Promise<Report> {
    const early = this.ended.then(() => {
      throw new Error("a thread of the replay ended before it had reported");
    });
    const [report] = await Promise.race([once(this.#worker, "message"), early]);
    return report as Report;
  }
}
