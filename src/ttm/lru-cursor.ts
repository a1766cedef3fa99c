import { type Lru, type LruList, PRIORITIES } from "./lru.ts";
import type { Resource } from "./resource.ts";

/** A list on its way through a pass: where the cursor is in it, and the sequence number of what comes next. */
interface Lane {
  readonly list: LruList;
  seen: Resource | null;
  next: number;
}

/**
 * One pass over a memory type's resources: priority by priority, each from the oldest. It never goes back behind where it
 * has been, whatever is removed, appended or brought back meanwhile.
 *
 * Cost: logarithmic in the number of pools an entry, however many entries the pools that are passed over have.
 */
export class LruCursor {
  readonly #lru: Lru;
  #priority = -1;
  #sequence = 0;
  #generation = -1;
  #passedOver = new Set<LruList>();
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

  /** Leaves out the rest of a list. */
  passOver(list: LruList): void {
    this.#passedOver.add(list);
    if (this.#lanes[0]?.list === list) this.#drop();
    else this.#generation = -1;
  }

  /** Takes up again what was left out, from where the cursor is. */
  reconsider(): void {
    if (this.#passedOver.size === 0) return;
    this.#passedOver.clear();
    this.#generation = -1;
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

  #collect(): void {
    this.#generation = this.#lru.generation;
    const priority = PRIORITIES[this.#priority];
    this.#lanes = [];
    if (priority === undefined) return;
    for (const list of this.#lru.lists(priority)) {
      const first = this.#passedOver.has(list) ? null : list.after(this.#sequence, null);
      if (first !== null) this.#lanes.push({ list, seen: null, next: first.sequence });
    }
    this.#lanes.sort((a, b) => a.next - b.next);
  }

  #drop(): void {
    const last = this.#lanes.pop();
    if (last === undefined || this.#lanes.length === 0) return;
    this.#lanes[0] = last;
    this.#sink(last);
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
