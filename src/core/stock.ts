import {
  ACCOUNT_SHIFT,
  ACCOUNT_STOCK,
  ARENA_FIRST_STOCKED,
  ARENA_RETURNS,
  COLLECTABLE,
  ROOM_WORD,
  SHELF_WORD,
  STAMP_SHIFT,
  STOCK_WORD,
  STOCK_WORDS,
} from "../../assembly/abi.ts";
import type { Bytes } from "./bytes.ts";
import type { Core } from "./core.ts";
import { DmemError, unlessBusy } from "./errors.ts";

/** How long a charge waits for stocks that other threads have in hand. */
const RETURN_TIMEOUT_MS = 100;
/** How often a charge is tried again with stocks returned: each time, others may have charged before it. */
const REGAIN_TRIES = 16;

/**
 * What this thread has charged ahead for a pool. While the stock is in hand its words belong to this thread alone, so
 * plain loads and stores serve from it. (assembly/stock.ts has the protocol.)
 */
export class Stock {
  readonly account: number;
  readonly pool: number;
  /** Whether it is among those that are put down at the end of this turn. */
  isInHand = false;
  // Ordinary fields: the engine knows what kind of object such a one holds.
  private words: Int32Array;
  /** What the shelf shows while the stock is in hand for this use of the pool's slot. */
  private readonly token: number;

  /** @param words the arena's */
  constructor(words: Int32Array, id: { account: number; pool: number; stamp: number }) {
    const first = (id.account * 2 ** ACCOUNT_SHIFT + ACCOUNT_STOCK) / 4;
    this.account = id.account;
    this.pool = id.pool;
    this.words = words.subarray(first, first + STOCK_WORDS);
    this.token = ~(id.stamp >>> STAMP_SHIFT);
  }

  /** Serves a charge. @returns whether it could */
  take(bytes: number): boolean {
    const { words } = this;
    const left = (words[STOCK_WORD] as number) - bytes;
    if (bytes >>> 0 !== bytes || left < 0 || words[SHELF_WORD] !== this.token) return false;
    words[STOCK_WORD] = left;
    return true;
  }

  /** Takes up what is returned. @returns whether it could */
  put(bytes: number): boolean {
    const { words } = this;
    const left = (words[STOCK_WORD] as number) + bytes;
    if (bytes >>> 0 !== bytes || left > (words[ROOM_WORD] as number) || words[SHELF_WORD] !== this.token) return false;
    words[STOCK_WORD] = left;
    return true;
  }

  /** Serves nothing any more: the account may be another one's. */
  end(): void {
    this.words = new Int32Array(STOCK_WORDS); // on whose shelf there is never a token
  }
}

/** What stocks need of a thread's access to the arena. */
type Surroundings = Pick<
  Core,
  "call" | "agent" | "word" | "change" | "waitOut" | "collect" | "sleep" | "now" | "atTurnsEnd"
>;

/** The stocks of one thread, and its way to those of others. */
export class Stocks {
  readonly #core: Surroundings;
  readonly #kept = new Set<Stock>();
  #inHand: Stock[] = [];

  constructor(core: Surroundings) {
    this.#core = core;
  }

  /** Whether any thread keeps one. */
  get exist(): boolean {
    return this.#core.word(ARENA_FIRST_STOCKED) !== 0;
  }

  /** How much of a pool's usage is stock, of whichever thread. */
  of(pool: number): Bytes {
    const { call, agent } = this.#core;
    return this.exist ? this.#core.change(() => call.stockOf(agent, pool), "The stock") : 0;
  }

  keep(stock: Stock): void {
    this.#kept.add(stock);
  }

  drop(stock: Stock): void {
    stock.end();
    this.#kept.delete(stock);
  }

  /** This thread detaches: its accounts are going to be others'. */
  end(): void {
    for (const stock of this.#kept) this.drop(stock);
    this.#inHand = [];
  }

  /** The core has picked a stock up, perhaps: it is put down before this thread can sleep. */
  pickedUp(stock: Stock): void {
    if (stock.isInHand) return;
    stock.isInHand = true;
    if (this.#inHand.push(stock) === 1) this.#core.atTurnsEnd(() => this.putDown());
  }

  /** Puts all stocks down: from now on others can take them. */
  putDown(): void {
    const { call } = this.#core;
    for (const stock of this.#inHand.splice(0)) {
      stock.isInHand = false;
      const result = this.#core.waitOut(() => call.shelve(stock.account));
      if (result === COLLECTABLE) this.#core.collect(stock.pool);
    }
  }

  /**
   * Has stocks returned for a charge that was refused, if it might fit then, and tries it again. Meanwhile no thread
   * charges ahead.
   *
   * @param refusal the pool that refused
   * @returns what the last try came to
   */
  regain(refusal: number, { bytes, attempt }: { bytes: Bytes; attempt: () => number }): number {
    const core = this.#core;
    let result = refusal;
    const retry = () => {
      result = attempt();
      return result <= 0;
    };
    core.change(() => core.call.need(core.agent, true), "The stock");
    try {
      for (let tries = 0; tries < REGAIN_TRIES && result > 0; tries++) {
        const limit = result;
        if (core.change(() => core.call.mightFit(core.agent, limit, bytes), "The pool") === 0) break;
        this.gather(limit, retry);
        if (result > 0) retry();
      }
    } finally {
      // Raised it costs others no more than their stocks, until this thread needs them again or detaches.
      unlessBusy(() => core.change(() => core.call.need(core.agent, false), "The stock"));
    }
    return result;
  }

  /**
   * Has the stocks below a pool returned, until that suffices or none is left.
   *
   * Concurrency: waits for threads that have theirs in hand, at most 100 ms; a worker sleeps meanwhile. Before that it
   * puts down its own, so that no two threads wait for each other.
   *
   * @throws {DmemError} `EAGAIN` if a thread does not return its own in time
   */
  gather(pool: number, suffices: () => boolean): void {
    const core = this.#core;
    const deadline = core.now() + RETURN_TIMEOUT_MS;
    for (;;) {
      const returns = core.word(ARENA_RETURNS);
      const outstanding = core.change(() => core.call.gatherStock(core.agent, pool), "The stock");
      if (outstanding === 0 || suffices()) return;
      this.putDown();
      do {
        if (core.now() > deadline) throw notReturned(outstanding);
        core.sleep(ARENA_RETURNS, returns);
      } while (core.word(ARENA_RETURNS) === returns);
    }
  }
}

function notReturned(count: number): DmemError {
  return new DmemError(
    "EAGAIN",
    `Needed bytes are in ${count === 1 ? "a stock" : `${count} stocks`} of other threads, which have neither charged ` +
      `nor come back to their event loop for ${RETURN_TIMEOUT_MS} ms.`,
  );
}
