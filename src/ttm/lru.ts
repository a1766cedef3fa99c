import type { Pool } from "../cgroup/pool.ts";
import type { Resource } from "./resource.ts";

// Least recently used first: not one list for all, but one for each pool, so that a pool can be passed over as a whole.
// Sequence numbers tell which of two entries in different lists is older.

/** The eviction priorities: those of 0 go first. */
export const PRIORITIES = [0, 1, 2, 3] as const;
export type Priority = (typeof PRIORITIES)[number];

/** The resources of one memory type that have one priority and are charged to one pool, oldest first. */
export class LruList {
  readonly pool: Pool | null;
  readonly priority: Priority;
  first: Resource | null = null;
  last: Resource | null = null;

  constructor(pool: Pool | null, priority: Priority) {
    this.pool = pool;
    this.priority = priority;
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
    if (previous === null) this.first = next;
    else previous.next = next;
    if (next === null) this.last = previous;
    else next.previous = previous;
    resource.list = resource.previous = resource.next = null;
  }

  /**
   * The oldest entry that is younger than `sequence`, looked for from `seen` on: an entry of the list that is not, or
   * `null` for its beginning.
   */
  after(sequence: number, seen: Resource | null): Resource | null {
    if (this.last === null || this.last.sequence <= sequence) return null;
    let resource = seen ?? this.first;
    while (resource !== null && resource.sequence <= sequence) resource = resource.next;
    return resource;
  }
}

/** Whoever has a place in lists and has to know how they change. */
export interface LruWatcher {
  added(list: LruList): void;
  removing(resource: Resource, list: LruList): void;
}

/** All lists of one memory type. */
export class Lru {
  readonly watchers = new Set<LruWatcher>();
  readonly #lists = PRIORITIES.map(() => new Map<Pool | null, LruList>());
  /** The youngest entry's sequence number. */
  clock = 0;

  lists(priority: Priority): Iterable<LruList> {
    return this.#lists[priority]?.values() ?? [];
  }

  /** All entries of a priority, whatever pool they are charged to, oldest first. */
  entries(priority: Priority): Resource[] {
    return [...this.lists(priority)].flatMap((list) => [...list]).sort((a, b) => a.sequence - b.sequence);
  }

  /** Makes `resource` the most recently used one. */
  append(resource: Resource): void {
    this.remove(resource);
    resource.sequence = ++this.clock;
    const { pool, bo } = resource;
    const lists = this.#lists[bo.priority] as Map<Pool | null, LruList>;
    const known = lists.get(pool);
    const list = known ?? new LruList(pool, bo.priority);
    list.append(resource);
    if (known !== undefined) return;
    lists.set(pool, list);
    for (const watcher of this.watchers) watcher.added(list);
  }

  remove(resource: Resource): void {
    const { list } = resource;
    if (list === null) return;
    for (const watcher of this.watchers) watcher.removing(resource, list);
    list.remove(resource);
    if (list.first === null) this.#lists[list.priority]?.delete(list.pool);
  }
}
