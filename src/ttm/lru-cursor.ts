import { type Bookmark, type Lru, type LruList, type LruWatcher, PRIORITIES } from "./lru.ts";
import type { Resource } from "./resource.ts";

/** A list on its way through a pass: where the cursor is in it, and the sequence number of the next entry. */
interface Lane extends Bookmark {
  readonly list: LruList;
  next: number;
}

/**
 * One pass over a memory type's resources: priority by priority, each from the oldest. It never goes back behind where
 * it has been, whatever is removed, appended or brought back meanwhile. It has a bookmark in each list and is told of
 * new lists, so that it never looks for its place; it has to be closed for that to end.
 *
 * Cost: logarithmic in the number of pools an entry, however many entries the pools that are passed over have.
 */
export class LruCursor implements LruWatcher {
  readonly #lru: Lru;
  #priority = -1;
  #sequence = 0;
  /** Those of the present priority. */
  #entered: Lane[] = [];
  /** What was left out, by what it is kin to. */
  readonly #passedOver = new Map<unknown, Lane[]>();
  /** A binary heap by `next`. */
  readonly #lanes: Lane[] = [];

  constructor(lru: Lru) {
    this.#lru = lru;
    lru.watchers.add(this);
  }

  close(): void {
    this.#lru.watchers.delete(this);
    this.#leaveAll();
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
      if (resource === null) {
        this.#drop();
        continue;
      }
      lane.next = resource.sequence;
      this.#sink(lane);
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
    this.#leaveAll();
    this.#passedOver.clear();
    for (const list of this.#lru.lists(priority)) this.#enter(list);
    return true;
  }

  #enter(list: LruList): void {
    const lane: Lane = { list, seen: null, other: null, next: 0 };
    list.enter(lane);
    this.#entered.push(lane);
    this.#add(lane);
  }

  #leaveAll(): void {
    for (const lane of this.#entered) lane.list.leave(lane);
    this.#entered = [];
  }

  #add(lane: Lane): void {
    const next = lane.list.after(this.#sequence, lane.seen);
    if (next === null) return;
    lane.next = next.sequence;
    this.#lanes.push(lane);
    this.#rise(this.#lanes.length - 1);
  }

  #drop(): void {
    const last = this.#lanes.pop() as Lane;
    if (this.#lanes.length === 0) return;
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
    const lanes = this.#lanes;
    let at = 0;
    for (let left = 1; left < lanes.length; left = 2 * at + 1) {
      const right = left + 1;
      // Stryker disable next-line EqualityOperator: no two are equal
      const least = right < lanes.length && nextIn(lanes, right) < nextIn(lanes, left) ? right : left;
      // Stryker disable next-line EqualityOperator: the same
      if (nextIn(lanes, least) >= lane.next) break;
      lanes[at] = lanes[least] as Lane;
      at = least;
    }
    lanes[at] = lane;
  }
}

function nextIn(lanes: readonly Lane[], at: number): number {
  return (lanes[at] as Lane).next;
}
