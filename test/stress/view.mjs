import assert from "node:assert/strict";
import { DmemError } from "../../dist/index.js";

const PERMANENT = ["/", "/soft", "/soft/p0", "/soft/p1", "/soft/p2"];
const KNOWN_MAX = 32;

/** What one thread knows of the tree, which others change at the same time. */
export class View {
  round = 0;
  #dmem;
  #random;
  #permanent;
  #known = [];
  #regions = [];
  #counts = {};

  constructor(dmem, random) {
    this.#dmem = dmem;
    this.#random = random;
    this.#permanent = PERMANENT.map((path) => dmem.cgroup(path));
    this.refreshRegions();
  }

  beginRound(round) {
    this.round = round;
  }

  /** A group where anything may happen. */
  someGroup() {
    const groups = this.#random.oneIn(3) || this.#known.length === 0 ? this.#permanent : this.#known;
    return this.#random.pick(groups);
  }

  /** A group that somebody made and that may be gone; undefined if this thread knows of none. */
  someMadeGroup() {
    return this.#random.pick(this.#known);
  }

  /** Mostly the region that stays. */
  someRegion() {
    return this.#random.oneIn(6) ? this.#random.pick(this.#regions) : this.#regions[0];
  }

  refreshRegions() {
    this.#regions = this.#dmem.regions;
  }

  learn(group) {
    if (PERMANENT.includes(group.path) || group.path.startsWith("/hard") || this.#known.includes(group)) return;
    if (this.#known.length < KNOWN_MAX) this.#known.push(group);
    else this.#known[this.#random.below(KNOWN_MAX)] = group;
  }

  forget(group) {
    const at = this.#known.indexOf(group);
    if (at >= 0) this.#known.splice(at, 1);
  }

  /**
   * Does what other threads may have made impossible. `losses` has a function for each error that this can mean, which
   * tells whether the race is seen to have gone that way; any other error ends the run.
   *
   * @returns what `action` returns; undefined if the race was lost
   */
  race(name, losses, action) {
    try {
      const result = action();
      this.count(name);
      return result;
    } catch (error) {
      if (!(error instanceof DmemError) || !losses[error.code]?.()) throw error;
      this.count(`${name} ${error.code}`);
      return undefined;
    }
  }

  /** The pool of some group for some region; undefined if one of them is gone. */
  somePool() {
    const [group, region] = [this.someGroup(), this.someRegion()];
    const gone = () => group.removed || !region.registered;
    const pool = this.race("pool", { ENODEV: gone }, () => group.pool(region));
    if (pool === undefined && group.removed) this.forget(group);
    return pool;
  }

  count(name) {
    this.#counts[name] = (this.#counts[name] ?? 0) + 1;
  }

  takeCounts() {
    const counts = this.#counts;
    this.#counts = {};
    return counts;
  }

  /** A handle must be of the group that was asked for, whatever happened to the slot meanwhile. */
  requireChild(group, parent, name) {
    assert.equal(group.name, name);
    assert.equal(group.parent, parent);
    assert.equal(group.path, parent.path === "/" ? `/${name}` : `${parent.path}/${name}`);
  }
}
