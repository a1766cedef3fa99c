import { Worker } from "node:worker_threads";

/** An input that takes so long hangs. */
const HANG_MS = 20_000;
/** More memory than this, and an input makes us take whatever it asks for. */
const MEMORY_BYTES = 3 * 1024 ** 3;

// Plain JavaScript, as a thread of Node 20 takes no other. A hang leaves its own thread nothing to say.
const WATCHER = `
const { workerData: { words, name, hangMs, memoryBytes } } = require("node:worker_threads");
let [seen, since] = [0, Date.now()];
setInterval(() => {
  const count = Atomics.load(words, 1);
  if (count !== seen) [seen, since] = [count, Date.now()];
  const isLarge = process.memoryUsage.rss() > memoryBytes;
  if (!isLarge && (count === 0 || Date.now() - since < hangMs)) return;
  const problem = isLarge ? "takes all memory" : "hangs";
  const seed = Atomics.load(words, 0) >>> 0;
  require("node:fs").writeSync(2, name + " " + problem + ": npm run fuzz -- " + name + " --count 1 --seed " + seed + "\\n");
  process.kill(process.pid, "SIGKILL");
}, 250);
`;

/** Looks on from another thread. Of an input that hangs or takes all memory the seed is told, and the process ends. */
export class Watch {
  readonly #words = new Int32Array(new SharedArrayBuffer(8));
  readonly #worker: Worker;

  constructor(name: string) {
    const workerData = { words: this.#words, name, hangMs: HANG_MS, memoryBytes: MEMORY_BYTES };
    this.#worker = new Worker(WATCHER, { eval: true, workerData, execArgv: [] });
    this.#worker.unref();
  }

  readonly before = (seed: number): void => {
    Atomics.store(this.#words, 0, seed | 0);
    Atomics.add(this.#words, 1, 1);
  };

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
