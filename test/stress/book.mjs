import assert from "node:assert/strict";

/**
 * What this thread believes to hold, kept without asking the library: an entry for each pool with something in it.
 */
export class Book {
  #entries = new Map();
  #list = [];
  /** Tickets given away since the last report. */
  #given = [];
  /** Tickets taken since the last report, from whomever. */
  #taken = [];
  /** Own tickets that turned out to be taken by somebody else. */
  #missed = [];

  get size() {
    return this.#list.length;
  }

  /** An entry at random, or undefined. */
  pick(random) {
    return random.pick(this.#list);
  }

  /** The entries of a region at or below a path. */
  below(path, region) {
    const prefix = path === "/" ? "/" : `${path}/`;
    return this.#list.filter((entry) => entry.region === region && `${entry.path}/`.startsWith(prefix));
  }

  add(pool, bytes) {
    if (bytes === 0) return;
    const key = `${pool.region.name} ${pool.cgroup.path}`;
    const known = this.#entries.get(key);
    if (known !== undefined) {
      assert.equal(known.pool, pool, `two handles for ${key}`);
      known.bytes += bytes;
      return;
    }
    const entry = { pool, bytes, key, path: pool.cgroup.path, region: pool.region.name, above: poolsAbove(pool) };
    this.#entries.set(key, entry);
    this.#list.push(entry);
  }

  subtract(entry, bytes) {
    entry.bytes -= bytes;
    if (entry.bytes !== 0) return;
    assert.equal(entry.pool.held, 0, `held of ${entry.key}`);
    this.#entries.delete(entry.key);
    const last = this.#list.pop();
    if (last !== entry) this.#list[this.#list.indexOf(entry)] = last;
  }

  give(entry, ticket, bytes) {
    this.#given.push({ ticket, bytes, path: entry.path, region: entry.region });
    this.subtract(entry, bytes);
  }

  take(pool, ticket, bytes) {
    this.#taken.push({ ticket, bytes });
    this.add(pool, bytes);
  }

  miss(ticket) {
    this.#missed.push(ticket);
  }

  /** What is held, next to what the library says of it; and what became of tickets since the last report. */
  report() {
    const holdings = this.#list.map(({ pool, bytes, path, region, above }) => ({
      path,
      region,
      bytes,
      held: pool.held,
      usage: [pool, ...above].map((level) => ({ path: level.cgroup.path, bytes: level.usage })),
    }));
    const report = { holdings, given: this.#given, taken: this.#taken, missed: this.#missed };
    this.#given = [];
    this.#taken = [];
    this.#missed = [];
    return report;
  }
}

/** Handles of the pools above, as far as they can still be had; they go on to work when the groups are removed. */
function poolsAbove(pool) {
  const above = [];
  for (let cgroup = pool.cgroup.parent; cgroup !== null; cgroup = cgroup.parent) {
    try {
      const level = cgroup.pool(pool.region);
      if (level.attached) above.push(level);
    } catch (error) {
      assert.equal(error.code, "ENODEV");
    }
  }
  return above;
}
