import { getEventListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { expect } from "vitest";
import { type Bytes, type Cgroup, Dmem, DmemError, type Pool, type Semantics } from "../../src/index.ts";
import {
  BuddyManager,
  type BufferObject,
  CountManager,
  type Placement,
  type Priority,
  RangeManager,
  type ResourceManager,
  TtmDevice,
} from "../../src/ttm/index.ts";
import { MoveScheduler } from "./move-scheduler.ts";
import type { Random } from "./random.ts";
import { WatchedManager } from "./watched-manager.ts";

const PAGE = 4096;
const MEMORIES = ["vram", "tt", "system"] as const;
const EVICTED: Readonly<Record<string, Placement>> = {
  vram: [{ type: "tt" }],
  tt: [{ type: "system" }],
  system: [],
};
const PLACEMENTS: readonly Placement[] = [
  [{ type: "vram" }],
  [{ type: "vram" }, { type: "tt" }],
  [{ type: "tt" }],
  [{ type: "system" }],
  [],
];

/** Many more than it takes for everything to end. */
const TURNS_MAX = 10_000;

/** Why an asynchronous call may fail, its signal apart. */
const REFUSALS = ["ENOSPC", "EINVAL", "EBUSY"];

/** A device whose moves overlap, fail, hang, and are given up. */
export class AsyncCrowd {
  /** How the calls went. */
  readonly outcomes = { done: 0, refused: 0, failed: 0, aborted: 0 };
  readonly #random: Random;
  readonly #dmem: Dmem;
  readonly #device: TtmDevice;
  readonly #scheduler: MoveScheduler;
  readonly #groups: Cgroup[];
  readonly #pools: readonly Pool[];
  readonly #controllers = new Set<AbortController>();
  #buffers: BufferObject[] = [];
  readonly #watched: WatchedManager[] = [];
  /** What calls failed of for no reason. */
  readonly #unexpected: unknown[] = [];
  #calls = 0;

  constructor(random: Random, semantics: Semantics) {
    this.#random = random;
    this.#scheduler = new MoveScheduler(random);
    this.#dmem = Dmem.create({ semantics });
    const pages = { vram: random.between(4, 24), tt: random.between(4, 16), system: Number.POSITIVE_INFINITY };
    const regions = MEMORIES.map((name) => this.#dmem.registerRegion(name, { size: 1 }));
    const memories = regions.map((region, index) => {
      const name = MEMORIES[index] ?? "system";
      return [name, { manager: this.#makeManager(pages[name]), region }] as const;
    });
    this.#device = new TtmDevice({
      dmem: this.#dmem,
      memories: Object.fromEntries(memories),
      driver: {
        evictionPlacement: ({ place }) => EVICTED[place ?? ""] ?? [],
        move: () => {},
        moveAsync: (move, signal) => this.#scheduler.start(move, signal),
      },
    });
    this.#groups = [this.#dmem.root];
    while (this.#groups.length < 8) this.#groups.push(this.#group().mkdir(String(this.#groups.length)));
    this.#pools = this.#groups.flatMap((group) => regions.map((region) => group.pool(region)));
  }

  #makeManager(pages: number): ResourceManager {
    if (pages === Number.POSITIVE_INFINITY || this.#random.oneIn(3)) return new CountManager(pages);
    const watched = new WatchedManager(this.#random.oneIn(2) ? new RangeManager(pages) : new BuddyManager(pages));
    this.#watched.push(watched);
    return watched;
  }

  dispose(): void {
    this.#device.dispose();
    this.#dmem.dispose();
  }

  /** Does something at random. */
  async step(): Promise<void> {
    const dice = this.#random.below(100);
    const bo = this.#random.pick(this.#buffers);
    if (dice < 30) this.#createAsync();
    else if (dice < 40) this.#abortOne();
    else if (dice < 65) this.#scheduler.endOne();
    else if (dice < 75) this.#setLimit();
    else if (bo === undefined) return;
    else if (dice < 85) this.#call((signal) => bo.validateAsync(this.#placement(), { ...this.#as(), ...signal }));
    else this.#tryUse(bo, dice);
    await turn();
  }

  /** Lets everything end, and looks whether all adds up. */
  async rest(): Promise<void> {
    for (let turns = 0; this.#calls > 0; turns++) {
      if (turns > TURNS_MAX) throw new Error(`${this.#calls} calls do not end.`);
      if (this.#scheduler.hangs) for (const controller of this.#controllers) controller.abort();
      else this.#scheduler.endOne();
      await turn();
    }
    expect(this.#unexpected).toEqual([]);
    expect(this.#watched.flatMap(({ complaints }) => complaints)).toEqual([]);
    this.#compareBooks();
    for (const { signal } of this.#controllers) expect(getEventListeners(signal, "abort")).toEqual([]);
    this.#controllers.clear();
    for (const bo of this.#buffers) bo.touch(); // throws if somebody still has it
  }

  /** Frees everything. Then nothing may be charged or taken. */
  end(): void {
    for (const bo of this.#buffers) bo.free();
    this.#buffers = [];
    this.#compareBooks();
  }

  #createAsync(): void {
    const size = this.#random.between(1, 5) * PAGE;
    const options = { size, owner: this.#group(), placement: this.#placement(), priority: this.#priority() };
    this.#call(async (signal) => {
      const bo = await this.#device.createAsync({ ...options, ...this.#as(), ...signal });
      this.#buffers.push(bo);
    });
  }

  #tryUse(bo: BufferObject, dice: number): void {
    try {
      this.#use(bo, dice);
    } catch (error) {
      if (!(error instanceof DmemError && REFUSALS.includes(error.code))) throw error;
    }
  }

  #use(bo: BufferObject, dice: number): void {
    if (dice < 87) bo.pin();
    else if (dice < 89) bo.unpin();
    else if (dice < 91) bo.touch();
    else if (dice < 92) bo.validate(this.#placement());
    else if (dice < 93) this.#device.evictAll("vram");
    else if (dice < 94) this.#device.swapOut(2 * PAGE, "tt", "system");
    else {
      bo.free();
      this.#buffers = this.#buffers.filter((each) => each !== bo);
    }
  }

  #setLimit(): void {
    const pool = this.#random.pick(this.#pools.filter(({ parent }) => parent !== null)) as Pool;
    const limit = this.#random.pick(["min", "low", "max"] as const) ?? "min";
    if (limit === "max" && this.#random.oneIn(2)) {
      pool.cgroup.write("dmem.max", `${pool.region.name} ${this.#random.below(24 * PAGE)}`, { nonblock: true });
      this.#call(async ({ signal }) => void (await this.#device.reclaimAsync(pool, signal)));
    } else pool[limit] = this.#random.oneIn(3) ? Number.POSITIVE_INFINITY : this.#random.below(24 * PAGE);
  }

  #abortOne(): void {
    this.#random.pick([...this.#controllers])?.abort();
  }

  /** Has something done without waiting for it; every other call can be aborted. */
  #call(act: (signal: { signal?: AbortSignal }) => Promise<void>): void {
    const controller = this.#random.oneIn(2) ? new AbortController() : null;
    if (controller !== null) this.#controllers.add(controller);
    this.#calls++;
    act(controller === null ? {} : { signal: controller.signal })
      .then(
        () => this.outcomes.done++,
        (error) => this.#note(error, controller?.signal),
      )
      .finally(() => this.#calls--);
  }

  #note(error: unknown, signal: AbortSignal | undefined): void {
    if (signal?.aborted && error === signal.reason) this.outcomes.aborted++;
    else if (signal?.aborted) this.#unexpected.push(error);
    else if (error instanceof DmemError && REFUSALS.includes(error.code)) this.outcomes.refused++;
    else if (error instanceof Error && error.message === "the move failed") this.outcomes.failed++;
    else this.#unexpected.push(error);
  }

  /** What is charged and taken is what the buffers have, and each is once where it belongs. */
  #compareBooks(): void {
    expect(isSame(this.#device.buffers, this.#buffers)).toBe(true);
    const pinned = this.#buffers.filter(({ place, pinCount }) => place !== null && pinCount > 0);
    expect(isSame(this.#device.unevictable, pinned)).toBe(true);
    for (const name of MEMORIES) {
      const there = this.#buffers.filter(({ place }) => place === name);
      const evictable = there.filter(({ pinCount }) => pinCount === 0);
      expect([name, isSame(this.#device.lru(name).flat(), evictable)]).toEqual([name, true]);
      expect([name, this.#device.usedPages(name)]).toEqual([name, sizeOf(there) / PAGE]);
    }
    const charged = new Map(this.#pools.map((pool) => [pool, 0]));
    for (const { pool, size } of this.#buffers) {
      for (let level = pool; level !== null; level = level.parent) charged.set(level, (charged.get(level) ?? 0) + size);
    }
    const usages = this.#pools.map((pool) => [String(pool), pool.usage]);
    expect(usages).toEqual(Array.from(charged, ([pool, bytes]) => [String(pool), bytes]));
  }

  #group(): Cgroup {
    return this.#random.pick(this.#groups) as Cgroup;
  }

  #as(): { as: Cgroup; ticket: boolean } {
    return { as: this.#group(), ticket: this.#random.oneIn(2) };
  }

  #placement(): Placement {
    return this.#random.pick(PLACEMENTS) ?? [];
  }

  #priority(): Priority {
    return this.#random.pick([0, 0, 1, 3] as const) ?? 0;
  }
}

/** Whether these are the same ones, each once, in any order. */
function isSame(some: readonly BufferObject[], others: readonly BufferObject[]): boolean {
  return some.length === others.length && new Set([...some, ...others]).size === some.length;
}

function sizeOf(buffers: readonly BufferObject[]): Bytes {
  return buffers.reduce((sum, { size }) => sum + size, 0);
}
