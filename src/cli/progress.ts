import cliProgress from "cli-progress";

/** A replay that takes less shows no bar: it would only flicker. */
const SHOW_AFTER_MS = 500;
const REFRESH_MS = 100;

export interface Progress {
  /** Starts to follow counters that other threads raise. */
  watch(played: Int32Array): void;
  stop(): void;
}

export const NO_PROGRESS: Progress = { watch: () => {}, stop: () => {} };

/** Whether a bar can be drawn: the error stream is a terminal that can move its cursor. Output stays clean either way. */
export function canShowProgress(): boolean {
  return process.stderr.isTTY === true && process.env.TERM !== "dumb";
}

/** A bar on the error stream, once a replay turns out to take long. */
export class ProgressBar implements Progress {
  readonly #total: number;
  #bar: cliProgress.SingleBar | null = null;
  #timer: NodeJS.Timeout | undefined;

  /** @param total events in all */
  constructor(total: number) {
    this.#total = total;
  }

  watch(played: Int32Array): void {
    this.#timer = setTimeout(() => this.#show(played), SHOW_AFTER_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#bar?.stop();
  }

  #show(played: Int32Array): void {
    const format = "Replaying {bar} {percentage}% | {value}/{total} events | {eta_formatted} left";
    this.#bar = new cliProgress.SingleBar(
      { format, stream: process.stderr, clearOnComplete: true },
      cliProgress.Presets.shades_classic,
    );
    this.#bar.start(this.#total, 0);
    this.#timer = setInterval(() => this.#bar?.update(played.reduce((sum, events) => sum + events, 0)), REFRESH_MS);
  }
}
