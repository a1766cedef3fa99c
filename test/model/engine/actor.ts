import { GET, LOAD, STORE, WAKE } from "../../../assembly/access.ts";
import { type Access, DEATH, perform, REFUSAL, UNTIL, WAIT, YIELD } from "./access.ts";
import type { Sharing } from "./sharing.ts";
import { StoreBuffer } from "./store-buffer.ts";
import { mix, type Words } from "./words.ts";

/** What an agent does, over and over from the beginning: plain code, whose only input is what its accesses give. */
export type Script = () => void;

/** What an agent came to: the answers of its calls, as the script notes them. */
export type Answers = readonly (number | string)[];

/** Thrown through the script, and the module below it, where it is not the agent's turn any more. */
const PAUSE = new Error("not this agent's turn");

/** Far more than any program needs. */
const ACCESSES_MAX = 100_000;

const HASH_SEEDS = [0x27d4eb2f, 0x165667b1] as const;

/**
 * An agent that can be stopped before any access that others notice, and started again. It is stopped by an exception;
 * to go on, its script runs again from the beginning, and is told what each access gave the first time.
 */
export class Actor {
  readonly id: number;
  readonly #words: Words;
  readonly #sharing: Sharing;
  readonly #wake: ActorOptions["wake"];
  /** What its accesses gave. */
  readonly #log: number[] = [];
  #position = 0;
  #allowance = 0;
  #isStopped = false;
  /** Of the answers of the calls that are done. */
  #past0 = 0;
  #past1 = 0;
  /** Of that, and of what was read since. */
  hash0 = 0;
  hash1 = 0;
  script: Script = () => {};

  answers: Answers = [];
  /** What it does next. */
  next: Access | null = null;
  state: "running" | "asleep" | "ended" | "dead" = "running";
  /** Whether somebody else has done something since it yielded. */
  #isNews = false;
  readonly #stores: StoreBuffer;
  /** Whether stores are seen late, as processors have it. */
  isBuffered = false;
  /** Whether only the beginning of a call is a moment at which others may come in. */
  isAtomic = false;
  /** Whether the charge that comes next is refused without a reason. */
  isRefused = false;
  #isBeginning = false;

  constructor(id: number, { words, sharing, wake }: ActorOptions) {
    this.#wake = wake;
    this.#stores = new StoreBuffer(id, { words, sharing });
    this.id = id;
    this.#words = words;
    this.#sharing = sharing;
  }

  /** Goes on with what it does next, and with all behind it that nobody else notices. */
  step(): void {
    this.run(1);
  }

  /** Comes as far as the first access that others notice. */
  begin(): void {
    this.run(0);
  }

  private run(allowance: number): void {
    this.#allowance = allowance;
    this.#position = 0;
    this.#past0 = this.id;
    this.#past1 = this.id;
    this.hash0 = this.id;
    this.hash1 = this.id;
    this.answers = [];
    this.next = null;
    this.#isStopped = false;
    this.state = "running";
    try {
      this.script();
      this.state = "ended";
    } catch (error) {
      if (error !== PAUSE) throw error;
    }
  }

  /** The scheduler of the module that this agent calls, and of what its script does itself. */
  readonly access = (what: number, bits: number, address: number, value: number, expected: number): number => {
    if (this.#isStopped) throw PAUSE; // from a `finally` that the first one went through
    let result = this.#log[this.#position];
    let isNoticed: boolean;
    if (result === undefined) {
      const access = { what, bits, address, value, expected };
      isNoticed = this.#sharing.note(this.id, access);
      if (this.#sharing.isNew) this.#stop(access);
      if (this.hasStores && !passesStores(what)) this.#stop(access);
      if (isNoticed && this.#mustStop(what)) {
        if (what === YIELD) this.#isNews = false;
        this.#stop(access);
      }
      result = this.#do(access);
      if (this.#log.push(result) > ACCESSES_MAX) throw new Error(`agent ${this.id + 1} does not come to an end`);
    } else isNoticed = this.#sharing.isNoticed(this.id, what, address);
    this.#position++;
    if (isNoticed) this.#learn(result);
    return result;
  };

  #mustStop(what: number): boolean {
    if (this.isBuffered && what === STORE) return false; // others notice when it is flushed
    if (this.isAtomic && !this.#isBeginning) return false;
    return this.#allowance-- <= 0;
  }

  #stop(next: Access): never {
    this.next = next;
    this.#isStopped = true;
    throw PAUSE;
  }

  #do(access: Access): number {
    const { what, bits, address, expected } = access;
    if (what === DEATH) return 1;
    if (what === REFUSAL) return this.isRefused ? 1 : 0;
    if (what === YIELD || what === WAIT) {
      if (what === WAIT && this.#words.read(address, bits) === expected && !this.#isNews) {
        this.state = "asleep";
        this.#stop(access);
      }
      const isNews = this.#isNews;
      this.#isNews = false;
      return isNews ? 1 : 0;
    }
    if (this.isBuffered && what === STORE) {
      this.#stores.push(access);
      return 0;
    }
    const own = what === LOAD || what === GET ? this.#stores.newest(address) : undefined;
    if (own !== undefined) return bits === 32 ? own >>> 0 : own;
    if (what === WAKE) this.#wake(address, access.value);
    return perform(this.#words, access);
  }

  /** Lets others see the oldest of its stores, and those behind it that nobody notices. */
  flush(): void {
    this.#stores.flush();
    this.#stores.settle();
  }

  get stores(): readonly Access[] {
    return this.#stores.waiting;
  }

  get hasStores(): boolean {
    return this.stores.length > 0;
  }

  /** Whether it can do what it does next, as far as itself and the words are concerned. */
  isReady(actors: readonly Actor[]): boolean {
    const { state, next } = this;
    if (state === "asleep") return this.#isNews;
    if (state !== "running" || next === null) return false;
    if (this.hasStores && !passesStores(next.what)) return false;
    if (next.what === UNTIL) return this.#words.read(next.address, next.bits) !== next.expected;
    if (next.what === YIELD) return this.#isNews;
    return next.what !== DEATH || actors[next.address]?.state === "dead";
  }

  get isRunning(): boolean {
    return this.state === "running" || this.state === "asleep" || this.hasStores;
  }

  /** Whether it would go on if nobody else could. */
  get isYielding(): boolean {
    return this.state === "running" && this.next?.what === YIELD;
  }

  /** Whether it only waits for a death that need not come. */
  get isIdle(): boolean {
    return this.state === "running" && this.next?.what === DEATH;
  }

  /** Somebody else has done something. */
  notice(): void {
    if (this.isYielding) this.#isNews = true;
  }

  /** Wakes it if it sleeps on the word. @returns whether it did */
  wake(address: number): boolean {
    if (this.state !== "asleep" || this.next?.address !== address || this.#isNews) return false;
    this.#isNews = true;
    return true;
  }

  /** Its program ends here: what it has stored is seen. */
  die(): void {
    while (this.hasStores) this.#stores.flush();
    this.state = "dead";
    this.next = null;
  }

  /** The beginning of a call. What went before matters only by its answers from here on. */
  beginCall(): void {
    this.#isBeginning = true;
  }

  /** What a call came to. What was read on the way there is forgotten. */
  endCall(result: number): void {
    this.#past0 = mix(this.#past0, result, HASH_SEEDS[0]);
    this.#past1 = mix(this.#past1, result, HASH_SEEDS[1]);
    this.hash0 = this.#past0;
    this.hash1 = this.#past1;
  }

  answer(answer: number | string): void {
    this.answers = [...this.answers, answer];
  }

  /** Whether its next charge might be refused without a reason. */
  get isRefusable(): boolean {
    return this.state === "running" && this.next?.what === REFUSAL;
  }

  #learn(result: number): void {
    this.#isBeginning = false;
    const low = result | 0;
    const high = Math.floor(result / 2 ** 32) | 0;
    this.hash0 = mix(this.hash0 ^ high, low, HASH_SEEDS[0]);
    this.hash1 = mix(this.hash1 ^ high, low, HASH_SEEDS[1]);
  }

  /** What of its state the hashes do not say. */
  get condition(): number {
    const state = this.state === "running" ? 0 : this.state === "asleep" ? 1 : this.state === "ended" ? 2 : 3;
    return state * 2 + (this.#isNews ? 1 : 0);
  }

  save(): Saved {
    return {
      length: this.#log.length,
      hash0: this.hash0,
      hash1: this.hash1,
      answers: this.answers,
      next: this.next,
      state: this.state,
      isNews: this.#isNews,
      stores: this.#stores.waiting,
    };
  }

  restore(saved: Saved): void {
    this.#log.length = saved.length;
    this.hash0 = saved.hash0;
    this.hash1 = saved.hash1;
    this.answers = saved.answers;
    this.next = saved.next;
    this.state = saved.state;
    this.#isNews = saved.isNews;
    this.#stores.waiting = saved.stores;
  }
}

/** Whether it is done while earlier stores are not seen yet. */
function passesStores(what: number): boolean {
  return what === LOAD || what === GET || what === STORE;
}

interface ActorOptions {
  readonly words: Words;
  readonly sharing: Sharing;
  /** Wakes that many of those who sleep on a word. */
  wake(address: number, count: number): void;
}

/** Where an agent has come to. */
export interface Saved {
  readonly length: number;
  readonly hash0: number;
  readonly hash1: number;
  readonly answers: Answers;
  readonly next: Access | null;
  readonly state: Actor["state"];
  readonly isNews: boolean;
  readonly stores: readonly Access[];
}
