import { Worker } from "node:worker_threads";
import type { Dmem } from "dmemcg";
import { sized } from "../harness/mode.ts";
import { undisturbed } from "../harness/statistics.ts";

/** What a worker of charging-thread.mjs is asked to do. */
export interface Task {
  readonly path: string;
  readonly pairs: number;
  /** How many workers begin together. */
  readonly crew: number;
  /** Bytes that the worker charges ahead; only where pools can. */
  readonly stockBytes?: number;
}

/** What all workers do together: a task, each with a path of its own. */
type Work = { readonly task: Omit<Task, "path" | "crew">; readonly paths: readonly string[]; whileHeld(): void };

/** A run takes milliseconds, and another program is in the way of two threads more often than of one. */
const RUNS = sized(15, 1);

const WORKER = new URL("charging-thread.mjs", import.meta.url);

/** Worker threads that charge one controller at the same time. */
export class Threads {
  readonly #meeting = new Int32Array(new SharedArrayBuffer(4));
  readonly #workers: readonly Worker[];

  constructor(dmem: Dmem, count: number) {
    const workerData = { dmem: dmem.handle, meeting: this.#meeting };
    this.#workers = Array.from({ length: count }, () => new Worker(WORKER, { workerData }));
  }

  /**
   * Has one worker a path charge there; all begin at once. Then asks `whileHeld`, while each still holds a page for
   * every pair, and has them return that.
   *
   * @returns nanoseconds a pair, of all workers together: the lower quartile of some runs
   */
  async charge(work: Work): Promise<number> {
    const runs: number[] = [];
    while (runs.length < RUNS) runs.push(await this.#run(work));
    return undisturbed(runs);
  }

  async #run({ task, paths, whileHeld }: Work): Promise<number> {
    Atomics.store(this.#meeting, 0, 0);
    const crew = this.#workers.slice(0, paths.length);
    if (crew.length < paths.length) throw new RangeError("There are not so many threads.");
    const answers = crew.map((worker, index) => ask(worker, { ...task, path: paths[index], crew: paths.length }));
    const spans = (await Promise.all(answers)) as { start: number; end: number }[];
    whileHeld();
    await Promise.all(crew.map((worker) => ask(worker, "return")));
    const start = Math.min(...spans.map((span) => span.start));
    const end = Math.max(...spans.map((span) => span.end));
    return ((end - start) * 1e6) / (task.pairs * paths.length);
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => ask(worker, "end")));
  }
}

function ask(worker: Worker, message: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("message", (answer) => {
      worker.off("error", reject);
      resolve(answer);
    });
    worker.postMessage(message);
  });
}
