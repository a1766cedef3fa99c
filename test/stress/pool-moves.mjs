import assert from "node:assert/strict";

/** Charges, returns and limits, wherever there is a pool. */
export function poolMoves(tenant) {
  const { random, book, view } = tenant;
  evictOnDemand(tenant);

  function tryCharge() {
    const pool = view.somePool();
    const bytes = amount(random);
    const limit = pool && view.race("tryCharge", losses(pool), () => pool.tryCharge(bytes));
    if (limit === null) {
      book.add(pool, bytes);
      assert.ok(pool.usage >= bytes, `${pool} uses less than was just charged`);
    } else if (limit !== undefined) {
      requireAbove(limit, pool);
      view.count("tryCharge refused");
    }
  }

  function charge() {
    const pool = view.somePool();
    const bytes = amount(random);
    if (pool && view.race("charge", losses(pool), () => pool.charge(bytes) ?? true)) book.add(pool, bytes);
  }

  /** Never fails, whatever became of the group and the region. */
  function uncharge() {
    const entry = book.pick(random);
    if (entry === undefined || entry.path.startsWith("/hard")) return;
    const bytes = random.oneIn(3) ? random.below(entry.bytes + 1) : entry.bytes;
    assert.ok(entry.pool.usage >= entry.bytes, `${entry.pool} uses less than one thread holds there`);
    entry.pool.uncharge(bytes);
    book.subtract(entry, bytes);
    view.count("uncharge");
  }

  function overUncharge() {
    const entry = book.pick(random);
    if (entry === undefined || tenant.dmem.semantics !== "intended") return;
    assert.throws(() => entry.pool.uncharge(entry.bytes + 1), { code: "EINVAL" });
    view.count("uncharge EINVAL");
  }

  function setLimit() {
    const pool = view.somePool();
    if (pool === undefined || pool.cgroup.parent === null) return;
    const name = random.pick(["min", "low", "high", "max"]);
    const value = limit(random);
    view.race("limit", losses(pool), () => {
      pool[name] = value;
    });
  }

  function writeLimit() {
    const pool = view.somePool();
    if (pool === undefined || pool.cgroup.parent === null) return;
    const file = `dmem.${random.pick(["min", "low", "max"])}`;
    const line = `${pool.region.name} ${text(limit(random))}`;
    const unknown = () => !pool.region.registered;
    view.race("write", { ...losses(pool), EINVAL: unknown }, () => {
      assert.equal(pool.cgroup.write(file, line), line.length);
    });
  }

  function ask() {
    const pool = view.somePool();
    if (pool === undefined) return;
    view.race("ask", { EINVAL: () => isGone(pool) }, () => {
      const { min, low } = pool.effectiveProtection();
      assert.ok(min >= 0 && low >= 0);
      pool.evictValuable(null);
      pool.belowMin();
      pool.belowLow();
    });
  }

  /** Charges ahead there, or no more. */
  function stock() {
    const pool = view.somePool();
    if (pool === undefined) return;
    view.race("stock", losses(pool), () => {
      pool.stock({ batch: random.oneIn(3) ? 0 : 1 + random.below(2 ** 22) });
      tenant.stocked.add(pool);
    });
  }

  return [
    [2, stock],
    [28, tryCharge],
    [6, charge],
    [28, uncharge],
    [1, overUncharge],
    [4, setLimit],
    [2, writeLimit],
    [2, ask],
  ];
}

/** When `max` is lowered, this thread makes room out of what it holds below. */
function evictOnDemand({ dmem, book, view }) {
  dmem.regions[0].reclaim = (pool, target) => {
    let freed = 0;
    for (const entry of book.below(pool.cgroup.path, pool.region.name)) {
      if (freed >= target) break;
      freed += entry.bytes;
      entry.pool.uncharge(entry.bytes);
      book.subtract(entry, entry.bytes);
    }
    view.count("reclaim");
    return freed === 0 ? "ENOSPC" : undefined;
  };
}

/**
 * The first use of a pool needs a slot for it, and many groups that were removed still have theirs. A thread without a
 * processor returns its stock late.
 */
function losses(pool) {
  return { ENODEV: () => isGone(pool), ENOSPC: () => true, EAGAIN: () => true };
}

function isGone(pool) {
  return pool.cgroup.removed || !pool.region.registered;
}

function requireAbove(limit, pool) {
  const prefix = limit.cgroup.parent === null ? "/" : `${limit.cgroup.path}/`;
  assert.ok(
    limit.region === pool.region && `${pool.cgroup.path}/`.startsWith(prefix),
    `${pool} cannot be refused by ${limit}`,
  );
}

function amount(random) {
  if (random.oneIn(50)) return 0;
  if (random.oneIn(50)) return 2 ** 40 + random.below(2 ** 20);
  return 1 + random.below(2 ** 20);
}

/** From nothing over what is usual to no limit. */
function limit(random) {
  if (random.oneIn(2)) return Number.POSITIVE_INFINITY;
  return random.oneIn(8) ? 0 : random.below(2 ** (16 + random.below(24)));
}

function text(value) {
  return value === Number.POSITIVE_INFINITY ? "max" : String(value);
}
