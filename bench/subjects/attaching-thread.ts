import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Dmem } from "dmemcg";

/** A thread that comes late: attaches, says how long that took there, charges a page at `path`, and ends. */
export class AttachingThread {
  readonly result: Promise<{ milliseconds: number; held: number }>;

  constructor(dmem: Dmem, path: string) {
    const worker = new Worker(new URL("attaching-thread.mjs", import.meta.url), {
      workerData: { dmem: dmem.handle, path },
    });
    this.result = Promise.all([once(worker, "message"), once(worker, "exit")]).then(([[message]]) => message);
  }
}
