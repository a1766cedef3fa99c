import { AGENT, AGENT_FREE, AGENT_IDS, ARENA_LOCK, BUSY, OK, UNSETTLED } from "../../assembly/abi.ts";
import type { Core } from "./core.ts";
import type { DmemError } from "./errors.ts";
import type { Liveness } from "./liveness.ts";

/** How often an agent looks whether others have died. */
const WATCH_MS = 250;
/** How long it waits for agents that are in the middle of a charge; one that is stopped there may take for ever. */
const SETTLE_MS = 200;

/** What recovery needs of a thread's access to the arena. */
type Surroundings = Pick<
  Core,
  "agent" | "call" | "capacityOf" | "generationOf" | "now" | "requests" | "sleep" | "stateOf" | "walk" | "word"
>;

/**
 * Clears up after agents that died without detaching: their lock is taken over, what they held is returned. Every
 * attached agent does so, whoever is first. (assembly/recovery.ts has how.)
 */
export class Recovery {
  readonly #core: Surroundings;
  readonly #liveness: Pick<Liveness, "isAlive">;
  #watch: NodeJS.Timeout | null = null;
  #due = 0;

  constructor(core: Surroundings, liveness: Pick<Liveness, "isAlive">) {
    this.#core = core;
    this.#liveness = liveness;
  }

  /** Looks now and then, without keeping the process alive. */
  start(): void {
    const watch = () => {
      this.#lookAlone();
      this.#core.requests.look();
    };
    this.#watch = setInterval(watch, WATCH_MS).unref();
  }

  /** Nobody is there to catch what is thrown: of a damaged arena a warning tells, once. */
  #lookAlone(): void {
    try {
      this.look();
    } catch (error) {
      if ((error as Partial<DmemError>).code !== "EIO") throw error;
      this.stop();
      process.emitWarning(`${(error as DmemError).message} No more is looked for dead agents.`, "DmemWarning");
    }
  }

  stop(): void {
    if (this.#watch !== null) clearInterval(this.#watch);
  }

  /** The same for who is about to refuse something and may not have come to its event loop for long. */
  lookIfDue(): boolean {
    return this.#core.now() > this.#due && this.look();
  }

  /** Looks for agents that died, and clears up after them. @returns whether there was one */
  look(): boolean {
    const core = this.#core;
    let isFound = false;
    this.#due = core.now() + WATCH_MS;
    this.freeLock();
    for (let id = 1; id <= core.capacityOf(AGENT); id++) {
      if (id === core.agent || core.stateOf(id) === AGENT_FREE) continue;
      const generation = core.generationOf(id);
      if (this.#liveness.isAlive(id)) continue;
      this.#recover(core.agent, id, generation);
      isFound = true;
    }
    return isFound;
  }

  /** Takes the lock over if its owner died. */
  freeLock(): void {
    const core = this.#core;
    const token = core.word(ARENA_LOCK);
    const id = token & AGENT_IDS;
    if (id === 0 || id > core.capacityOf(AGENT) || this.#liveness.isAlive(id)) return;
    core.walk(() => core.call.takeOver(core.agent, token));
  }

  /**
   * Clears up after the last agent of a slot that this thread has claimed: also if that had given the slot back
   * already, and died with the lock.
   *
   * @returns whether the slot is free now
   */
  clearSlot(id: number): boolean {
    const core = this.#core;
    const token = core.word(ARENA_LOCK);
    if ((token & AGENT_IDS) === id) core.walk(() => core.call.takeOver(id, token));
    if (core.stateOf(id) !== AGENT_FREE) this.#recover(id, id, core.generationOf(id));
    return core.stateOf(id) === AGENT_FREE;
  }

  /** In the name of `agent`. What cannot be settled by now is left for the next time. */
  #recover(agent: number, id: number, generation: number): void {
    const core = this.#core;
    const deadline = core.now() + SETTLE_MS;
    for (;;) {
      const result = core.walk(() => core.call.recover(agent, id, generation));
      if (result === OK) return;
      if (core.now() > deadline) {
        if (result === UNSETTLED) core.call.postpone();
        return;
      }
      if (result === BUSY) this.freeLock();
      core.sleep(ARENA_LOCK, core.word(ARENA_LOCK));
    }
  }
}
