/** What the process takes up, in bytes. */
export interface MemorySample {
  readonly rss: number;
  readonly heapUsed: number;
}

/** Fewer tell nothing about growth. */
const SAMPLES_MIN = 16;
/** What the median of the last quarter may be above that of the first: half as much again, and some for the start. */
const GROWTH = 1.5;
const SLACK_BYTES = 64 * 2 ** 20;

/** Samples of this process's memory over a run, from which growth without bound shows. */
export class MemoryWatch {
  readonly samples: MemorySample[] = [];

  sample(now: MemorySample = process.memoryUsage()): void {
    this.samples.push({ rss: now.rss, heapUsed: now.heapUsed });
  }

  /** @returns a line for each figure that has grown from the first quarter of the run to the last */
  complaints(): string[] {
    if (this.samples.length < SAMPLES_MIN) return [];
    const quarter = Math.floor(this.samples.length / 4);
    return (["rss", "heapUsed"] as const).flatMap((figure) => {
      const first = median(this.samples.slice(0, quarter).map((sample) => sample[figure]));
      const last = median(this.samples.slice(-quarter).map((sample) => sample[figure]));
      return last <= first * GROWTH + SLACK_BYTES ? [] : [`${figure} grew from ${first} to ${last} bytes`];
    });
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
