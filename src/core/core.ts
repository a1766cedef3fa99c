import { isMainThread, threadId } from "node:worker_threads";
import { instantiateSync } from "@assemblyscript/loader";
import {
  AGENT,
  AGENT_FREE,
  AGENT_GENERATION,
  AGENT_IDS,
  AGENT_NAME,
  AGENT_PROCESS,
  AGENT_STATE,
  AGENT_THREAD,
  ARENA_GATE,
  ARENA_LOCK,
  ARENA_LOCK_WAITERS,
  ARENA_OPTIONS,
  ARENA_RULES,
  ARENA_VERSION,
  BUSY,
  NAME_MAX,
  NO_SLOT,
  OK,
} from "../../assembly/abi.ts";
import { type Arrangement, checkArena, createArena } from "./arena.ts";
import { coreModule } from "./binary.ts";
import { disposed, shut } from "./disposed-core.ts";
import { DmemError, damaged, unlessBusy } from "./errors.ts";
import type { CoreExports } from "./exports.ts";
import type { Liveness } from "./liveness.ts";
import { Records } from "./records.ts";
import { Recovery } from "./recovery.ts";
import { Requests } from "./requests.ts";
import { IN_MEMORY, type Site, siteParts } from "./site.ts";
import { statusError } from "./status.ts";
import { Stocks } from "./stock.ts";

/** How long a structural change waits for another one; those take microseconds. */
const LOCK_TIMEOUT_MS = 10_000;
/** How long a worker sleeps before it looks again, should it miss being woken. */
const LOOK_MS = 1;
/** Reads of linked records without the lock before it is taken. */
const STABLE_READS = 8;

/**
 * One thread's access to an arena: the shared memory, the module's functions on it, and the agent in whose name they
 * work. Everything above it asks here; nothing above it knows where in memory a thing is.
 */
export class Core extends Records {
  /** The module's functions; after {@link detach} each of them refuses, whoever still has a handle. */
  readonly call: CoreExports;
  /** Whether this thread has not left yet. */
  attached = true;
  /** The slot of this thread's agent. */
  agent = 0;
  readonly recovery: Recovery;
  readonly requests: Requests;
  #generation = 0;
  readonly #liveness: Liveness;
  /** This agent's account for a pool, by the pool's id: one for every pool that it ever charged to. */
  readonly accounts = new Map<number, number>();
  readonly stocks = new Stocks(this);
  readonly rules: number;
  readonly options: number;
  /** Milliseconds, for deadlines. */
  readonly now = (): number => performance.now();
  /** Does something before this thread can sleep. */
  readonly atTurnsEnd = (callback: () => void): void => void setImmediate(callback);
  readonly site: Site;

  static create(arrangement: Arrangement): Core {
    return Core.begin(createArena(arrangement));
  }

  /** Attaches to a new arena as the first of all. */
  static begin(memory: WebAssembly.Memory, site = IN_MEMORY): Core {
    const core = new Core(memory, site);
    core.#status(core.call.createRoot(), "The root");
    return core;
  }

  static attach(memory: unknown, site = IN_MEMORY): Core {
    checkArena(memory);
    return Core.join(memory, site);
  }

  /** The same for an arena whose header has been checked. */
  static join(memory: WebAssembly.Memory, site: Site): Core {
    return new Core(memory, site);
  }

  private constructor(memory: WebAssembly.Memory, site: Site) {
    super(memory);
    this.site = site;
    const { exports } = instantiateSync(coreModule(), { env: { memory } }).instance;
    this.call = ordinary(exports as unknown as CoreExports);
    this.rules = this.word(ARENA_RULES);
    this.options = this.word(ARENA_OPTIONS);
    const { liveness, bell } = siteParts(this);
    this.#liveness = liveness;
    this.recovery = new Recovery(this, liveness);
    this.requests = new Requests(this, { bell, liveness });
    this.#enter();
  }

  /** Claims an agent's slot. One whose agent died is only cleared up when no other is free. */
  #enter(): void {
    for (const isFree of [true, false]) {
      for (let id = 1; id <= this.capacityOf(AGENT); id++) {
        if ((this.stateOf(id) === AGENT_FREE) === isFree && this.#liveness.claim(id) && this.#attach(id)) return;
      }
    }
    throw statusError(NO_SLOT - AGENT, "This thread");
  }

  /** @returns whether the slot that was claimed is this agent's now */
  #attach(id: number): boolean {
    this.agent = id;
    try {
      if (this.recovery.clearSlot(id)) {
        this.change(() => this.call.attach(id, process.pid, threadId), "This thread");
        this.#generation = this.generationOf(id);
        return true;
      }
    } catch (error) {
      this.#liveness.release(id);
      throw error;
    }
    this.#liveness.release(id);
    return false;
  }

  /** Returns everything that this agent holds and gives its place back. */
  detach(): void {
    if (!this.attached) return;
    this.#stop();
    const result = this.waitOut(() => this.call.detach(this.agent, this.#generation));
    this.#leave(result === OK); // otherwise it was taken for dead
  }

  #stop(): void {
    this.stocks.end();
    this.recovery.stop();
    this.requests.stop();
  }

  #leave(hasSlot: boolean): void {
    this.attached = false;
    shut(this.call);
    if (this.site.liveness !== null) this.site.liveness.close();
    else if (hasSlot) this.#liveness.release(this.agent);
  }

  /**
   * Does what walks over links. Where those lead out of the arena while this agent has the lock, it is as good as dead:
   * it leaves at once, and the others find it so.
   */
  walk<T>(attempt: () => T): T {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      if ((this.word(ARENA_LOCK) & AGENT_IDS) !== this.agent) throw damaged("A link leads out of it.");
      this.#stop();
      this.#leave(true);
      throw damaged("A link leads out of it. This thread has been detached.");
    }
  }

  /** Refuses once this agent is detached: its slot may be another one's by now. */
  requireAttached(): void {
    if (!this.attached) throw disposed();
  }

  follows(rule: number): boolean {
    return (this.rules & rule) !== 0;
  }

  /** Whether an agent's slot is free, attached, or its agent found dead. */
  stateOf(agent: number): number {
    return this.word(this.addressOf(AGENT, agent) + AGENT_STATE);
  }

  /** How often an agent's slot was given back. */
  generationOf(agent: number): number {
    return this.word(this.addressOf(AGENT, agent) + AGENT_GENERATION);
  }

  /** The account for a pool, opened on first need. */
  account(pool: number, subject: string): number {
    let account = this.accounts.get(pool);
    if (account === undefined) {
      account = this.change(() => this.call.openAccount(this.agent, pool), subject);
      this.accounts.set(pool, account);
    } else this.call.renewAccount(account);
    return account;
  }

  /** Frees a pool that was retired and has become empty; otherwise whoever runs out of slots does it. */
  collect(pool: number): void {
    unlessBusy(() => this.change(() => this.call.collect(this.agent, pool), "The counter"));
  }

  /** Lays a name down for the next call; returns its length in bytes. */
  layDown(name: Uint8Array): number {
    this.requireAttached();
    if (name.length > NAME_MAX) throw new DmemError("ENAMETOOLONG", `A name has at most ${NAME_MAX} bytes.`);
    this.lay(name, this.addressOf(AGENT, this.agent) + AGENT_NAME);
    return name.length;
  }

  /** Makes a structural change, as {@link waitOut}, and turns a status into an error about `subject`. */
  change(attempt: () => number, subject: string): number {
    return this.#status(this.waitOut(attempt), subject);
  }

  /**
   * Tries until nothing else is under way. A lock whose owner died is taken over.
   *
   * Concurrency: a worker sleeps meanwhile, the main thread looks again and again. After 10 s: `EAGAIN`.
   */
  waitOut(attempt: () => number): number {
    return this.walk(() => {
      const result = attempt();
      return result === BUSY ? this.#tryAgain(attempt) : result;
    });
  }

  #tryAgain(attempt: () => number): number {
    let result = BUSY;
    const deadline = performance.now() + LOCK_TIMEOUT_MS;
    while (result === BUSY && performance.now() < deadline) {
      this.#pause();
      this.recovery.freeLock();
      result = attempt();
    }
    if (result === BUSY) throw this.#lockError();
    return result;
  }

  /** Waits until charges are let in again: for a moment after somebody died. */
  passGate(): void {
    this.waitOut(() => (this.word(ARENA_GATE) === 0 ? BUSY : OK));
  }

  /** Reads linked records so that nothing that `read` saw was freed meanwhile. `read` may run several times. */
  stable<T>(read: () => T): T {
    this.requireAttached();
    for (let tries = 0; tries < STABLE_READS; tries++) {
      const version = this.word(ARENA_VERSION);
      const result = read();
      if (this.word(ARENA_VERSION) === version) return result;
    }
    this.change(() => (this.call.lock(this.agent) ? 0 : BUSY), "The tree");
    try {
      return read();
    } finally {
      this.call.unlock();
    }
  }

  #status(result: number, subject: string): number {
    if (result < 0) throw statusError(result, subject);
    return result;
  }

  /** Sleeps until the word is no longer `seen`, for a moment at the most. A main thread never sleeps. */
  sleep(address: number, seen: number): void {
    if (!isMainThread) Atomics.wait(this.words, address >>> 2, seen | 0, LOOK_MS);
  }

  #pause(): void {
    const owner = this.word(ARENA_LOCK);
    if (owner === 0) return;
    Atomics.add(this.words, ARENA_LOCK_WAITERS / 4, 1);
    this.sleep(ARENA_LOCK, owner);
    Atomics.sub(this.words, ARENA_LOCK_WAITERS / 4, 1);
  }

  #lockError(): DmemError {
    const id = this.word(ARENA_LOCK) & AGENT_IDS;
    const agent = this.addressOf(AGENT, id);
    const owner =
      id <= this.capacityOf(AGENT)
        ? `Thread ${this.word(agent + AGENT_THREAD)} of process ${this.word(agent + AGENT_PROCESS)}`
        : "Nobody who is known";
    return new DmemError("EAGAIN", `${owner} has been changing the tree for more than ${LOCK_TIMEOUT_MS / 1000} s.`);
  }
}

/** The functions in an ordinary object, where they are found faster; fastest those that a program calls all day. */
function ordinary({ tryCharge, uncharge, ...others }: CoreExports): CoreExports {
  return { tryCharge, uncharge, ...others };
}
