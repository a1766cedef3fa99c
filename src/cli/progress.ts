import cliProgress from "cli-progress";

/** A replay that takes less shows no bar: it would only flicker. */
const SHOW_AFTER_MS = 500;
const REFRESH_MS = 100;

export interface Progress {
  /**
   * Starts to follow a replay: it is asked how many of its events were played. May be called for one after the other.
   */
  watch(played: () => number): void;
  stop(): void;
}

export const NO_PROGRESS: Progress = { watch: () => {}, stop: () => {} };

/**
 * Whether a bar can be drawn: the error stream is a terminal that can move its cursor. Output stays clean either way.
 */
export function canShowProgress(): boolean {
  return process.stderr.isTTY === true && process.env.TERM !== "dumb";
}

/** A bar on the error stream, once a replay turns out to take long. */
export class ProgressBar implements Progress {
  readonly #total: number;
  #bar: cliProgress.SingleBar | null = null;
  #timer: NodeJS.Timeout | undefined;
  readonly #watched: (() => number)[] = [];

  /** @param total events of all replays */
  constructor(total: number) {
    this.#total = total;
  }

  watch(played: () => number): void {
    this.#watched.push(played);
    this.#timer ??= setTimeout(() => this.#show(), SHOW_AFTER_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#bar?.stop();
  }

  get #played(): number {
    return this.#watched.reduce((sum, played) => sum + played(), 0);
  }

  #show(): void {
    const format = "Replaying {bar} {percentage}% | {value}/{total} events | {eta_formatted} left";
    this.#bar = new cliProgress.SingleBar(
      { format, stream: process.stderr, clearOnComplete: true },
      cliProgress.Presets.shades_classic,
    );
    this.#bar.start(this.#total, 0);
    this.#timer = setInterval(() => this.#bar?.update(this.#played), REFRESH_MS);
  }
}
