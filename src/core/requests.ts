import {
  AGENT,
  AGENT_ANSWER,
  AGENT_ASKED_BYTES,
  AGENT_ASKED_MORE,
  AGENT_ASKED_POOL,
  AGENT_ASKED_STAMP,
  AGENT_ASKER,
  AGENT_ATTACHED,
  AGENT_BITS,
  AGENT_IDS,
  AGENT_RECLAIMS,
  AGENT_REQUEST,
} from "../../assembly/abi.ts";
import type { Bell } from "./bell.ts";
import type { Core } from "./core.ts";
import type { Liveness } from "./liveness.ts";

/** How often whoever waits looks whether the other one still lives, and whether a call was lost. */
const LOOK_MS = 10;
const HALF = 2 ** 32;

/** What an agent is asked to make room in. */
export interface Request {
  /** The id of a pool, and which use of it is meant. */
  readonly pool: number;
  readonly stamp: number;
  readonly bytes: number;
}

/**
 * Requests to make room, from agent to agent: each can only return what it holds itself. An agent is asked one thing at
 * a time; whoever comes second waits.
 */
export class Requests {
  readonly #core: Core;
  readonly #bell: Bell;
  readonly #liveness: Liveness;
  readonly #waiting = new Set<() => void>();
  #serve: ((request: Request) => void) | null = null;

  constructor(core: Core, parts: { bell: Bell; liveness: Liveness }) {
    this.#core = core;
    this.#bell = parts.bell;
    this.#liveness = parts.liveness;
  }

  /** Has `serve` do what this agent is asked to do, once it takes requests. */
  onRequest(serve: (request: Request) => void): void {
    this.#serve = serve;
  }

  /** Takes requests from now on. */
  open(): void {
    this.#write(this.#core.agent, AGENT_RECLAIMS, 1);
    this.#bell.listen(() => this.look());
  }

  /** Does what is asked, in this agent itself. */
  serve(request: Request): void {
    this.#serve?.(request);
  }

  stop(): void {
    this.#bell.close();
    for (const look of [...this.#waiting]) look();
  }

  isOpen(agent: number): boolean {
    return this.#core.stateOf(agent) === AGENT_ATTACHED && this.#read(agent, AGENT_RECLAIMS) !== 0;
  }

  /**
   * Asks an agent to make room, and waits until it has done what it can.
   *
   * @returns whether it has answered: not if it died or left, or took longer than `timeoutMs`
   */
  async ask(agent: number, request: Request, timeoutMs: number): Promise<boolean> {
    const core = this.#core;
    const generation = core.generationOf(agent);
    const isThere = () =>
      core.generationOf(agent) === generation && this.isOpen(agent) && this.#liveness.isAlive(agent);
    const deadline = performance.now() + timeoutMs;
    this.#bell.listen(() => this.look());
    if (!(await this.#until(() => this.#claim(agent), isThere, deadline))) return false;
    const number = this.#lay(agent, request);
    this.#bell.ring(agent);
    const isAnswered = await this.#until(() => this.#read(agent, AGENT_ANSWER) === number, isThere, deadline);
    if (core.attached) this.#replace(agent, AGENT_ASKER, this.#name, 0);
    return isAnswered;
  }

  /** Looks whether something is asked or answered. Also called now and then, in case a call was lost. */
  look(): void {
    const core = this.#core;
    for (const look of [...this.#waiting]) look();
    if (this.#serve === null || !core.attached) return;
    const number = this.#read(core.agent, AGENT_REQUEST);
    if (number === this.#read(core.agent, AGENT_ANSWER)) return;
    try {
      if (this.#isAsked(core.agent)) this.#serve(this.#take()); // otherwise it was given up
    } finally {
      if (core.attached) this.#answer(number);
    }
  }

  #take(): Request {
    const word = (offset: number) => this.#read(this.#core.agent, offset);
    const bytes = word(AGENT_ASKED_MORE) * HALF + word(AGENT_ASKED_BYTES);
    return { pool: word(AGENT_ASKED_POOL), stamp: word(AGENT_ASKED_STAMP), bytes };
  }

  #lay(agent: number, { pool, stamp, bytes }: Request): number {
    this.#write(agent, AGENT_ASKED_POOL, pool);
    this.#write(agent, AGENT_ASKED_STAMP, stamp);
    this.#write(agent, AGENT_ASKED_BYTES, bytes % HALF);
    this.#write(agent, AGENT_ASKED_MORE, Math.floor(bytes / HALF));
    const number = (this.#read(agent, AGENT_REQUEST) + 1) >>> 0;
    this.#write(agent, AGENT_REQUEST, number);
    return number;
  }

  #answer(number: number): void {
    const { agent } = this.#core;
    this.#write(agent, AGENT_ANSWER, number);
    const asker = this.#read(agent, AGENT_ASKER) & AGENT_IDS;
    if (asker !== 0) this.#bell.ring(asker);
  }

  /** Becomes the one who asks, unless somebody who lives is. */
  #claim(agent: number): boolean {
    const asker = this.#read(agent, AGENT_ASKER);
    return !this.#isAsked(agent) && this.#replace(agent, AGENT_ASKER, asker, this.#name);
  }

  /** Whether somebody who lives asks it for something, or is about to. */
  #isAsked(agent: number): boolean {
    const asker = this.#read(agent, AGENT_ASKER);
    const id = asker & AGENT_IDS;
    return asker !== 0 && this.#nameOf(id) === asker && this.#liveness.isAlive(id);
  }

  get #name(): number {
    return this.#nameOf(this.#core.agent);
  }

  #nameOf(agent: number): number {
    return ((this.#core.generationOf(agent) << AGENT_BITS) | agent) >>> 0;
  }

  /** Waits until something is so, for as long as `goesOn`. */
  #until(isSo: () => boolean, goesOn: () => boolean, deadline: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (result: boolean) => {
        clearInterval(timer);
        this.#waiting.delete(look);
        resolve(result);
      };
      const look = () => {
        if (!this.#core.attached) end(false);
        else if (isSo()) end(true);
        else if (!goesOn() || performance.now() > deadline) end(false);
      };
      const timer = setInterval(look, LOOK_MS);
      this.#waiting.add(look);
      look();
    });
  }

  #at(agent: number, offset: number): number {
    return (this.#core.addressOf(AGENT, agent) + offset) / 4;
  }

  #read(agent: number, offset: number): number {
    return Atomics.load(this.#core.words, this.#at(agent, offset)) >>> 0;
  }

  #write(agent: number, offset: number, value: number): void {
    Atomics.store(this.#core.words, this.#at(agent, offset), value | 0);
  }

  #replace(agent: number, offset: number, expected: number, value: number): boolean {
    return (
      Atomics.compareExchange(this.#core.words, this.#at(agent, offset), expected | 0, value | 0) === (expected | 0)
    );
  }
}
