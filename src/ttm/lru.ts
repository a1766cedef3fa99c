import type { Pool } from "../cgroup/pool.ts";
import type { BufferObject } from "./buffer-object.ts";
import type { Allocation } from "./managers/resource-manager.ts";
import type { MemoryType } from "./memory-type.ts";
import { Resource } from "./resource.ts";

// Least recently used first: not one list for all, but one for each pool, so that a pool can be passed over as a whole.
// Sequence numbers tell which of two entries in different lists is older.

/** The eviction priorities: those of 0 go first. */
export const PRIORITIES = [0, 1, 2, 3] as const;
export type Priority = (typeof PRIORITIES)[number];

/** Instead of a priority: what is pinned is out of reach of eviction. */
export const PINNED = 4;
export type Rank = Priority | typeof PINNED;

/** The resources of one memory type that have one rank and are charged to one pool, oldest first. */
export class LruList {
  readonly type: MemoryType;
  readonly pool: Pool | null;
  readonly rank: Rank;
  first: Resource | null = null;
  last: Resource | null = null;
  /** Those of all who are on their way through it. */
  bookmarks: Bookmark | null = null;

  constructor(type: MemoryType, pool: Pool | null, rank: Rank) {
    this.type = type;
    this.pool = pool;
    this.rank = rank;
  }

  *[Symbol.iterator](): Generator<Resource> {
    for (let resource = this.first; resource !== null; resource = resource.next) yield resource;
  }

  append(resource: Resource): void {
    resource.list = this;
    resource.previous = this.last;
    resource.next = null;
    if (this.last === null) this.first = resource;
    else this.last.next = resource;
    this.last = resource;
  }

  remove(resource: Resource): void {
    const { previous, next } = resource;
    for (let mark = this.bookmarks; mark !== null; mark = mark.other) if (mark.seen === resource) mark.seen = previous;
    if (previous === null) this.first = next;
    else previous.next = next;
    if (next === null) this.last = previous;
    else next.previous = previous;
    resource.previous = resource.next = null;
  }

  /** Whoever puts a mark in takes it out again. */
  enter(mark: Bookmark): void {
    mark.other = this.bookmarks;
    this.bookmarks = mark;
  }

  leave(mark: Bookmark): void {
    if (this.bookmarks === mark) this.bookmarks = mark.other;
    else for (let at = this.bookmarks; at !== null; at = at.other) if (at.other === mark) at.other = mark.other;
  }

  /**
   * The oldest entry that is younger than `sequence`, looked for from `seen` on: an entry of the list that is not, or
   * `null` for its beginning.
   */
  after(sequence: number, seen: Resource | null): Resource | null {
    // Stryker disable next-line ConditionalExpression,EqualityOperator: only quicker
    if (this.last === null || this.last.sequence <= sequence) return null;
    let resource = seen ?? this.first;
    // Stryker disable next-line ConditionalExpression: the last entry is younger
    while (resource !== null && resource.sequence <= sequence) resource = resource.next;
    return resource;
  }
}

/** A place in a list: it goes back when the entry that it is at goes. */
export interface Bookmark {
  /** The last entry that was seen; `null`: none yet. */
  seen: Resource | null;
  /** The next one of those in the same list. */
  other: Bookmark | null;
}

/** Whoever has to know which lists there are. */
export interface LruWatcher {
  added(list: LruList): void;
}

/** Counts uses: the sequence number of the latest one. */
export interface LruClock {
  now: number;
}

/** All lists of one memory type. A list is among them for as long as there is something in it. */
export class Lru {
  readonly watchers = new Set<LruWatcher>();
  readonly clock: LruClock;
  readonly #type: MemoryType;
  readonly #lists = [...PRIORITIES, PINNED].map(() => new Map<Pool | null, LruList>());

  constructor(type: MemoryType, clock: LruClock) {
    this.#type = type;
    this.clock = clock;
  }

  lists(rank: Rank): Iterable<LruList> {
    return this.#of(rank).values();
  }

  /** All entries of a rank, whatever pool they are charged to, oldest first. */
  entries(rank: Rank): Resource[] {
    return [...this.lists(rank)].flatMap((list) => [...list]).sort(byAge);
  }

  /** Makes a resource of a buffer's space, the most recently used one. */
  enter(bo: BufferObject, allocation: Allocation, pool: Pool | null): Resource {
    const resource = new Resource(bo, allocation, this.#list(pool, bo.rank));
    this.append(resource);
    return resource;
  }

  /** Makes `resource` the most recently used one, of the rank that its buffer has now. */
  append(resource: Resource): void {
    this.remove(resource);
    const list = this.#list(resource.pool, resource.bo.rank);
    // Stryker disable next-line ConditionalExpression: only quicker: a watcher that knows it learns nothing new
    const isNew = list.first === null;
    resource.sequence = ++this.clock.now;
    list.append(resource);
    // Stryker disable next-line ConditionalExpression: the same
    if (!isNew) return;
    this.#of(list.rank).set(list.pool, list);
    for (const watcher of this.watchers) watcher.added(list);
  }

  remove(resource: Resource): void {
    if (resource.sequence === 0) return;
    const { list } = resource;
    list.remove(resource);
    resource.sequence = 0;
    if (list.first === null) this.#of(list.rank).delete(list.pool);
  }

  #list(pool: Pool | null, rank: Rank): LruList {
    return this.#of(rank).get(pool) ?? new LruList(this.#type, pool, rank);
  }

  #of(rank: Rank): Map<Pool | null, LruList> {
    return this.#lists[rank] as Map<Pool | null, LruList>;
  }
}

export function byAge(a: Resource, b: Resource): number {
  return a.sequence - b.sequence;
}
