import { AGENT, AGENT_GENERATION, AGENT_STATE, COLLECTABLE, OK } from "../../../assembly/abi.ts";
import { GET, LOAD, STORE } from "../../../assembly/access.ts";
import { Recovery } from "../../../src/core/recovery.ts";
import { Stock, Stocks } from "../../../src/core/stock.ts";
import type { Tenant } from "./tenant.ts";
import type { Pool, World } from "./world.ts";

/** Past any deadline. */
const LATE = 1_000_000;

/** What of the library works on shared words itself, on the words of an agent of the search. */
export class Library {
  readonly #me: Tenant;
  readonly #world: World;
  readonly stocks: Stocks;
  #turnsEnd: () => void = () => {};
  #now = 0;
  #isTimed = false;

  constructor(me: Tenant, world: World) {
    this.#me = me;
    this.#world = world;
    this.stocks = new Stocks(this.#core());
  }

  #core() {
    const me = this.#me;
    return {
      call: me.call,
      agent: me.id,
      word: (address: number) => me.whole(() => me.access(GET, address)),
      change: (attempt: () => number) => me.waitOut(attempt),
      waitOut: (attempt: () => number) => me.waitOut(attempt),
      collect: (pool: number) => void me.waitOut(() => me.call.collect(me.id, pool)),
      walk: <T>(attempt: () => T) => attempt(),
      sleep: (address: number, seen: number) => this.#sleep(address, seen),
      now: () => this.#now,
      atTurnsEnd: (callback: () => void) => {
        this.#turnsEnd = callback;
      },
      capacityOf: (kind: number) => this.#world.capacityOf(kind),
      stateOf: (id: number) => me.whole(() => me.access(GET, this.#world.addressOf(AGENT, id) + AGENT_STATE)),
      generationOf: (id: number) => me.whole(() => me.access(GET, this.#world.addressOf(AGENT, id) + AGENT_GENERATION)),
      requests: undefined as never,
    };
  }

  /** Without a deadline that passes: whoever is not woken sleeps for ever. */
  #sleep(address: number, seen: number): void {
    if (!this.#isTimed) this.#me.sleep(address, seen);
    else if (!this.#me.yield()) this.#now = LATE;
  }

  /** Clears up after the dead; what cannot be settled is tried again while others move, and then given up. */
  recover(dead: readonly number[]): void {
    this.#isTimed = true;
    this.#now = 0;
    new Recovery(this.#core(), { isAlive: (id) => !dead.includes(id) }).look();
    this.#isTimed = false;
  }

  /** The agent's turn ends: what it has in hand is put down. */
  endTurn(): void {
    const callback = this.#turnsEnd;
    this.#turnsEnd = () => {};
    callback();
  }

  stock(account: number, pool: Pool): Stock {
    const stock = new Stock(this.#words(), { account, pool: pool.id, stamp: pool.stamp });
    this.stocks.keep(stock);
    return stock;
  }

  /** The arena's words, each access to one of which is the agent's. */
  #words(): Int32Array {
    const me = this.#me;
    const from = (first: number) =>
      new Proxy([] as number[], {
        get: (_, index) => me.access(LOAD, (first + Number(index)) * 4) | 0,
        set: (_, index, value: number) => {
          me.access(STORE, (first + Number(index)) * 4, { value });
          return true;
        },
      });
    return { subarray: from } as unknown as Int32Array;
  }

  /** As `Pool.tryCharge`: from the stock if it suffices; if a limit refuses, with the stocks of others returned. */
  tryCharge(stock: Stock, pool: Pool, bytes: number): boolean {
    const attempt = () => {
      this.stocks.pickedUp(stock);
      return this.#me.waitOut(() => this.#me.call.tryChargeAhead(stock.account, pool.stamp, bytes));
    };
    if (this.#me.whole(() => stock.take(bytes))) return this.#noteCharge(OK);
    let result = attempt();
    if (result > 0 && this.stocks.exist) result = this.stocks.regain(result, { bytes, attempt });
    return this.#noteCharge(result);
  }

  /** As `Pool.tryCharge` of an agent that keeps no stock. */
  tryChargePlainly(account: number, pool: Pool, bytes: number): boolean {
    const attempt = () => this.#me.waitOut(() => this.#me.call.tryCharge(account, pool.stamp, bytes));
    let result = attempt();
    if (result > 0 && this.stocks.exist) result = this.stocks.regain(result, { bytes, attempt });
    return this.#noteCharge(result);
  }

  #noteCharge(result: number): boolean {
    this.#me.answer(result === OK ? "charged" : result > 0 ? "refused" : "gone");
    return result === OK;
  }

  uncharge(stock: Stock, pool: Pool, bytes: number): void {
    if (this.#me.whole(() => stock.put(bytes))) {
      this.#me.answer("returned");
      return;
    }
    this.stocks.pickedUp(stock);
    const result = this.#me.waitOut(() => this.#me.call.unchargeAhead(stock.account, pool.stamp, bytes));
    if (result === COLLECTABLE) this.#me.waitOut(() => this.#me.call.collect(this.#me.id, pool.id));
    this.#me.answer(result < 0 ? result : "returned");
  }
}
