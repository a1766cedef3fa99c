import { isText, type Operation, type PoolId, written } from "./operation.ts";
import { ExpectedStates, type State } from "./state.ts";
import type { Cgroup, Dmem, Pool, Reclaim, Region, Subject } from "./subject.ts";
import type { Scenario } from "./vectors.ts";

const INITIAL: State = { usage: 0, min: 0, low: 0, max: 2 ** 51 - 1, wm: 0 };
// Effective protection is compared by what it answers.
const IGNORED = ["emin", "elow"];

/** A successful charge. */
interface Handle {
  readonly pool: Pool;
  readonly size: number;
}

/** Everything in a dmem scenario that has an id, and what its pools are expected to be. */
export class DmemWorld {
  readonly handles: Handle[] = [];
  /** References are only counted: a `Pool` can be used for as long as somebody has it. */
  references = 0;
  /** The id of the cgroup that charges. */
  current = 0;
  /** What a region with a callback does at this moment. */
  reclaim: Reclaim = () => "EIO";
  readonly #dmem: Dmem;
  readonly #cgroups: Cgroup[];
  readonly #regions: Region[] = [];
  readonly #removed = new Set<number>();
  readonly #unregistered = new Set<number>();
  readonly #pools = new Map<string, Pool>();
  readonly #expected = new ExpectedStates(INITIAL, IGNORED);

  constructor(subject: Pick<Subject, "Dmem">, scenario: Scenario) {
    const atMost = (name: string) => 1 + scenario.operations.filter((operation) => operation.name === name).length;
    const [cgroups, regions] = [atMost("mkdir"), atMost("register_region")];
    const capacity = { cgroups, regions, pools: cgroups * regions };
    this.#dmem = subject.Dmem.create({ semantics: "linux-7.3", capacity });
    this.#cgroups = [this.#dmem.root];
  }

  close(): void {
    this.#dmem.dispose();
  }

  mkdir(parent: Cgroup): number {
    const css = this.#cgroups.length;
    this.#cgroups.push(parent.mkdir(`c${css}`));
    for (const region of this.#regions.keys()) this.#meet(css, region);
    return css;
  }

  rmdir(css: number, operation: Operation): void {
    this.#cgroup(css, operation).rmdir();
    this.#removed.add(css);
  }

  registerRegion(name: string, size: number, callback: boolean): number {
    const region = this.#regions.length;
    const reclaim: Reclaim = (...call) => this.reclaim(...call);
    this.#regions.push(this.#dmem.registerRegion(name, callback ? { size, reclaim } : { size }));
    for (const css of this.#cgroups.keys()) this.#meet(css, region);
    return region;
  }

  unregisterRegion(region: number, operation: Operation): void {
    this.#dmem.unregisterRegion(this.#regions[region] ?? operation.missing(`region ${region}`));
    this.#unregistered.add(region);
  }

  uncharge(handle: number, operation: Operation): void {
    const { pool, size } = this.handles[handle] ?? operation.missing(`handle ${handle}`);
    pool.uncharge(size);
  }

  cgroup(key: string, operation: Operation): Cgroup {
    return this.#cgroup(operation.id(key), operation);
  }

  poolOrNull(key: string, operation: Operation): Pool | null {
    const id = operation.poolOrNull(key);
    return id === null ? null : this.#pool(id, operation);
  }

  pool(key: string, operation: Operation): Pool {
    return this.poolOrNull(key, operation) ?? operation.missing(`pool "${key}"`);
  }

  /** The pool of the current cgroup for a region, which it is charged to. */
  currentPool(key: string, operation: Operation): Pool {
    return this.#pool([this.current, operation.id(key)], operation);
  }

  /** The id of a pool that the library handed out: it has to be the very object that the cgroup has. */
  idOf(pool: Pool): number[] | string {
    const [key] = [...this.#pools].find(([, each]) => each === pool) ?? [];
    return key?.split(":").map(Number) ?? `another object, ${pool}`;
  }

  regionIdOf(region: Region): number {
    return this.#regions.indexOf(region);
  }

  /** Takes in what the vector says has changed, and compares every pool with it. */
  difference(operation: Operation): string | null {
    this.#expected.change(operation, "d");
    this.#expected.remove(operation.list("gone", isText));
    return this.#expected.difference(this.#states(), this.#mayBeFreed);
  }

  /** Compares every pool with a dump, which has the fields that differ from the initial ones. */
  dumpDifference(operation: Operation): string | null {
    const dumped = new ExpectedStates(INITIAL, IGNORED);
    dumped.change(operation, "exp");
    return dumped.difference(this.#states(), this.#mayBeFreed);
  }

  // The kernel keeps a removed cgroup for as long as a charge of 0 bytes or a reference names it. Here such a pool,
  // which accounts for nothing and can never be charged again, is free to go.
  readonly #mayBeFreed = (key: string, { usage }: State): boolean =>
    this.#removed.has(Number(key.split(":")[0])) && usage === 0;

  #cgroup(css: number, operation: Operation): Cgroup {
    return this.#cgroups[css] ?? operation.missing(`css ${css}`);
  }

  #pool([css, region]: PoolId, operation: Operation): Pool {
    const cgroup = this.#cgroup(css, operation);
    const memory = this.#regions[region] ?? operation.missing(`region ${region}`);
    return this.#pools.get(`${css}:${region}`) ?? cgroup.pool(memory);
  }

  #meet(css: number, region: number): void {
    const [cgroup, memory] = [this.#cgroups[css], this.#regions[region]];
    if (cgroup === undefined || memory === undefined) return;
    if (this.#removed.has(css) || this.#unregistered.has(region)) return;
    this.#pools.set(`${css}:${region}`, cgroup.pool(memory));
  }

  #states(): Map<string, State> {
    const attached = [...this.#pools].filter(([, pool]) => pool.attached);
    return new Map(attached.map(([key, pool]) => [key, stateOf(pool)]));
  }
}

function stateOf(pool: Pool): State {
  const { usage, min, low, max, peak } = pool.values();
  return { usage: written(usage), min: written(min), low: written(low), max: written(max), wm: written(peak) };
}
