import { type Lru, type LruList, type LruWatcher, PRIORITIES } from "./lru.ts";
import type { Resource } from "./resource.ts";

/** A list on its way through a pass: the last entry that the cursor saw in it, and the sequence number of the next. */
interface Lane {
  readonly list: LruList;
  seen: Resource | null;
  next: number;
}

/**
 * One pass over a memory type's resources: priority by priority, each from the oldest. It never goes back behind where
 * it has been, whatever is removed, appended or brought back meanwhile. The lists tell it what goes and what is new, so
 * it never looks for its place; it has to be closed for that to end.
 *
 * Cost: logarithmic in the number of pools an entry, however many entries the pools that are passed over have.
 */
export class LruCursor implements LruWatcher {
  readonly #lru: Lru;
  #priority = -1;
  #sequence = 0;
  /** Those of the present priority. */
  readonly #laneOf = new Map<LruList, Lane>();
  /** What was left out, by what it is kin to. */
  readonly #passedOver = new Map<unknown, Lane[]>();
  /** A binary heap by `next`. */
  #lanes: Lane[] = [];

  constructor(lru: Lru) {
    this.#lru = lru;
    lru.watchers.add(this);
  }

  close(): void {
    this.#lru.watchers.delete(this);
  }

  next(): Resource | null {
    for (;;) {
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
    // Stryker disable next-line ConditionalExpression: the last entry has one
    if (lane === undefined) return;
    const lanes = this.#passedOver.get(kin);
    if (lanes === undefined) this.#passedOver.set(kin, [lane]);
    else lanes.push(lane);
    this.#drop();
  }

  /** Takes up again what was left out and is kin to one of those, or all if `null`, from where the cursor is. */
  reconsider(kin: Iterable<unknown> | null): void {
    for (const each of kin ?? [...this.#passedOver.keys()]) {
      const lanes = this.#passedOver.get(each) ?? [];
      this.#passedOver.delete(each);
      for (const lane of lanes) this.#add(lane);
    }
  }

  /** A list has come to be. */
  added(list: LruList): void {
    if (list.rank === PRIORITIES[this.#priority]) this.#enter(list);
  }

  /** An entry is about to go. */
  removing(resource: Resource): void {
    const lane = this.#laneOf.get(resource.list);
    if (lane?.seen === resource) lane.seen = resource.previous;
  }

  #visit(lane: Lane, resource: Resource): Resource {
    this.#sequence = resource.sequence;
    lane.seen = resource;
    return resource;
  }

  #nextPriority(): boolean {
    const priority = PRIORITIES[this.#priority + 1];
    if (priority === undefined) return false;
    this.#priority++;
    this.#sequence = 0;
    this.#laneOf.clear();
    this.#passedOver.clear();
    for (const list of this.#lru.lists(priority)) this.#enter(list);
    return true;
  }

  #enter(list: LruList): void {
    const lane = { list, seen: null, next: 0 };
    this.#laneOf.set(list, lane);
    this.#add(lane);
  }

  #add(lane: Lane): void {
    const next = lane.list.after(this.#sequence, lane.seen);
    if (next === null) return;
    lane.next = next.sequence;
    this.#lanes.push(lane);
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
      // Stryker disable next-line EqualityOperator: no two are equal
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
      // Stryker disable next-line EqualityOperator: no two are equal
      const [child, index] = right !== undefined && right.next < left.next ? [right, 2 * at + 2] : [left, 2 * at + 1];
      // Stryker disable next-line EqualityOperator: the same
      if (child.next >= lane.next) break;
      this.#lanes[at] = child;
      at = index;
    }
    this.#lanes[at] = lane;
  }
}
