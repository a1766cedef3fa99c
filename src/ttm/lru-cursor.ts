import { type Lru, type LruList, PRIORITIES } from "./lru.ts";
import type { Resource } from "./resource.ts";

/** A list on its way through a pass: where the cursor is in it, and the sequence number of what comes next. */
interface Lane {
  readonly list: LruList;
  seen: Resource | null;
  next: number;
}

/**
 * One pass over a memory type's resources: priority by priority, each from the oldest. It never goes back behind where
 * it has been, whatever is removed, appended or brought back meanwhile.
 *
 * Cost: logarithmic in the number of pools an entry, however many entries the pools that are passed over have.
 */
export class LruCursor {
  readonly #lru: Lru;
  #priority = -1;
  #sequence = 0;
  #generation = -1;
  /** What was left out, by what it is kin to. */
  readonly #passedOver = new Map<unknown, Set<LruList>>();
  /** A binary heap by `next`. */
  #lanes: Lane[] = [];

  constructor(lru: Lru) {
    this.#lru = lru;
  }

  next(): Resource | null {
    for (;;) {
      if (this.#generation !== this.#lru.generation) this.#collect();
      const lane = this.#lanes[0];
      if (lane === undefined) {
        if (!this.#nextPriority()) return null;
        continue;
      }
      const resource = lane.list.after(this.#sequence, lane.seen);
      if (resource !== null && resource.sequence === lane.next) return this.#visit(lane, resource);
      if (resource === null) this.#drop();
      else this.#sink(Object.assign(lane, { next: resource.sequence }));
    }
  }

  /** Leaves out the rest of the list that the last entry came from. `kin`: by what it may be taken up again. */
  passOver(kin: unknown): void {
    const lane = this.#lanes[0];
    if (lane === undefined) return;
    const lists = this.#passedOver.get(kin) ?? new Set();
    this.#passedOver.set(kin, lists.add(lane.list));
    this.#drop();
  }

  /** Takes up again what was left out and is kin to that, or all, from where the cursor is. */
  reconsider(kin?: unknown): void {
    for (const [key, lists] of kin === undefined
      ? this.#passedOver
      : [[kin, this.#passedOver.get(kin) ?? []] as const]) {
      this.#passedOver.delete(key);
      for (const list of lists) this.#add(list);
    }
  }

  #visit(lane: Lane, resource: Resource): Resource {
    this.#sequence = resource.sequence;
    lane.seen = resource;
    return resource;
  }

  #nextPriority(): boolean {
    if (this.#priority + 1 >= PRIORITIES.length) return false;
    this.#priority++;
    this.#sequence = 0;
    this.#generation = -1;
    return true;
  }

  /** Finds the lists of the present priority, those too that have come to be meanwhile. */
  #collect(): void {
    this.#generation = this.#lru.generation;
    const priority = PRIORITIES[this.#priority];
    const left = new Set([...this.#passedOver.values()].flatMap((lists) => [...lists]));
    this.#lanes = [];
    if (priority === undefined) return;
    for (const list of this.#lru.lists(priority)) if (!left.has(list)) this.#add(list);
  }

  #add(list: LruList): void {
    const first = list.after(this.#sequence, null);
    if (first === null || list.priority !== PRIORITIES[this.#priority]) return;
    this.#lanes.push({ list, seen: null, next: first.sequence });
    this.#rise(this.#lanes.length - 1);
  }

  #drop(): void {
    const last = this.#lanes.pop();
    if (last === undefined || this.#lanes.length === 0) return;
    this.#lanes[0] = last;
    this.#sink(last);
  }

  /** Puts the last lane where it belongs. */
  #rise(at: number): void {
    const lane = this.#lanes[at] as Lane;
    for (let above = (at - 1) >> 1; at > 0; above = (at - 1) >> 1) {
      const parent = this.#lanes[above] as Lane;
      if (parent.next <= lane.next) break;
      this.#lanes[at] = parent;
      at = above;
    }
    this.#lanes[at] = lane;
  }

  /** Puts the first lane where it belongs. */
  #sink(lane: Lane): void {
    let at = 0;
    for (;;) {
      const [left, right] = [this.#lanes[2 * at + 1], this.#lanes[2 * at + 2]];
      if (left === undefined) break;
      const [child, index] = right !== undefined && right.next < left.next ? [right, 2 * at + 2] : [left, 2 * at + 1];
      if (child.next >= lane.next) break;
      this.#lanes[at] = child;
      at = index;
    }
    this.#lanes[at] = lane;
  }
}
