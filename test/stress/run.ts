import type { Cgroup, Dmem, Pool } from "../../src/index.ts";
import { Audit, type Sighting } from "./audit.ts";
import { type CountedReport, type Counts, Crew, createShared, type Plan, type Shared } from "./crew.ts";
import { MemoryWatch } from "./memory-watch.ts";

/** Of `/hard`, `/hard/a` and `/hard/b`, where nobody charges by force. */
const HARD_LIMITS = [2 ** 20, 600_000, 500_000];

/**
 * One run: threads make their moves, and after each round everybody's books are compared with the figures. When all
 * have left, nothing is charged any more and every group can be removed.
 *
 * @returns how often what happened
 * @throws at the first figure that is wrong
 */
export async function run(dmem: Dmem, plan: Plan): Promise<Counts> {
  const counts: Counts = {};
  const shared = createShared(plan.workers, HARD_LIMITS);
  const watch = new Watch(dmem, makeGroups(dmem));
  const audit = new Audit();
  const memory = new MemoryWatch();
  const crew = new Crew(dmem.handle, plan, shared);
  try {
    for (let round = 1; round <= plan.rounds; round++) {
      const reports = await crew.meet();
      complain(`round ${round}`, [...audit.compare(reports, watch.look()), ...watch.beyondLimit(shared)]);
      add(counts, reports);
      memory.sample();
      watch.changeLimits(shared, round);
      if (round < plan.rounds) crew.release();
    }
    await crew.part();
  } finally {
    await crew.terminate();
  }
  complain("the end", [...new Audit().compare([], watch.look()), ...memory.complaints()]);
  removeAll(dmem);
  return counts;
}

function makeGroups(dmem: Dmem): Pool[] {
  const soft = dmem.root.mkdir("soft");
  for (const name of ["p0", "p1", "p2"]) soft.mkdir(name);
  const hard = dmem.root.mkdir("hard");
  const groups = [hard, hard.mkdir("a"), hard.mkdir("b")];
  return groups.map((group, level) => {
    const pool = group.pool(dmem.region("drm/0/vram"));
    pool.max = HARD_LIMITS[level] ?? 0;
    return pool;
  });
}

/** What the main thread sees of the pools. Once seen, a pool is watched until it is empty, removed or not. */
class Watch {
  readonly #dmem: Dmem;
  readonly #hard: readonly Pool[];
  readonly #highest = [...HARD_LIMITS];
  #watched = new Set<Pool>();

  constructor(dmem: Dmem, hard: readonly Pool[]) {
    this.#dmem = dmem;
    this.#hard = hard;
  }

  look(): Sighting[] {
    for (const group of descendants(this.#dmem.root)) {
      for (const region of this.#dmem.regions) this.#watched.add(group.pool(region));
    }
    const seen = [...this.#watched].map((pool) => ({ pool, usage: pool.usage }));
    this.#watched = new Set(seen.filter(({ usage }) => usage !== 0).map(({ pool }) => pool));
    return seen.map(({ pool, usage }) => ({ path: pool.cgroup.path, region: pool.region.name, usage }));
  }

  /** Nobody charges by force there: neither usage nor peak was ever above the limit. */
  beyondLimit({ limits }: Shared): string[] {
    return this.#hard.flatMap((pool, level) => {
      const most = this.#highest[level] ?? 0;
      const complaints = [];
      if (pool.usage > (limits[level] ?? 0)) complaints.push(`${pool}: usage ${pool.usage} of ${limits[level]}`);
      if (pool.peak > most) complaints.push(`${pool}: peak ${pool.peak} of at most ${most}`);
      return complaints;
    });
  }

  /** Up and down, but never below what is used. */
  changeLimits({ limits }: Shared, round: number): void {
    this.#hard.forEach((pool, level) => {
      const limit = Math.max(pool.usage, Math.floor(((HARD_LIMITS[level] ?? 0) * (1 + (round % 4))) / 2));
      pool.max = limit;
      limits[level] = limit;
      this.#highest[level] = Math.max(this.#highest[level] ?? 0, limit);
    });
  }
}

function descendants(group: Cgroup): Cgroup[] {
  return [group, ...group.children.flatMap(descendants)];
}

function removeAll(dmem: Dmem): void {
  for (const group of descendants(dmem.root).reverse()) if (group.parent !== null) group.rmdir();
  for (const region of dmem.regions.slice(1)) region.unregister();
}

function complain(when: string, complaints: string[]): void {
  if (complaints.length > 0) throw new Error(`At ${when}:\n${complaints.join("\n")}`);
}

function add(counts: Counts, reports: readonly CountedReport[]): void {
  for (const [name, count] of reports.flatMap((report) => Object.entries(report.counts))) {
    counts[name] = (counts[name] ?? 0) + count;
  }
}
