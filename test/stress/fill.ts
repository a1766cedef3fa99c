import type { Capacity, Dmem, DmemError, Pool } from "../../src/index.ts";

/**
 * Uses an arena up, kind by kind, in which nothing is charged, and empties it again. A slot that got lost is missing.
 *
 * @returns how many records of each kind there is room for
 */
export function fill(dmem: Dmem): Capacity {
  const others = untilFull(numbers(), () => attach(dmem));
  const regions = untilFull(numbers(), (count) => dmem.registerRegion(`fill/${count}`, { size: 1 }));
  const groups = untilFull(numbers(), (count) => dmem.root.mkdir(`fill${count}`));
  const charged = untilFull(allPools(dmem), charge);
  const accounts = others.map((other) => untilFull([...allPools(other)].filter(isAttached), charge));
  for (const other of others) other.dispose();
  const [giver] = charged;
  const tickets = untilFull(numbers(), () => giver?.charge(1) ?? giver?.handOver(1));
  for (const ticket of tickets) if (ticket !== undefined) giver?.adopt(ticket);
  for (const pool of charged) pool.uncharge(pool.held);
  const counts = {
    agents: others.length + 1,
    regions: dmem.regions.length,
    cgroups: groups.length + 1,
    pools: charged.length,
    tickets: tickets.length,
    accounts: charged.length + accounts.flat().length,
  };
  for (const group of groups) group.rmdir();
  for (const region of regions) region.unregister();
  return counts;
}

/** With the copy of the library that the controller is of. */
function attach(dmem: Dmem): Dmem {
  return (dmem.constructor as typeof Dmem).attach(dmem.handle);
}

/** The root's first, so that each of them needs one slot when it is charged in this order. */
function* allPools(dmem: Dmem): Generator<Pool> {
  for (const group of [dmem.root, ...dmem.root.children]) for (const region of dmem.regions) yield group.pool(region);
}

function charge(pool: Pool): Pool {
  pool.charge(1);
  return pool;
}

function isAttached(pool: Pool): boolean {
  return pool.attached;
}

function* numbers(): Generator<number> {
  for (let number = 0; ; number++) yield number;
}

/** What `take` returned until there was no room any more, or no candidate. */
function untilFull<C, T>(candidates: Iterable<C>, take: (candidate: C) => T): T[] {
  const taken: T[] = [];
  try {
    for (const candidate of candidates) taken.push(take(candidate));
  } catch (error) {
    if ((error as Partial<DmemError>).code !== "ENOSPC") throw error;
  }
  return taken;
}
