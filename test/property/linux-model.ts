import { Model, type ModelGroup, type ModelRegion } from "./model.ts";
import { type Limit, ModelPool, type Value } from "./model-pool.ts";
import { type Protection, share } from "./model-protection.ts";

// Where "linux-7.3" semantics differ from the intended ones, rule by rule. (docs/LINUX.md)

const KINDS = ["min", "low"] as const;

/** Each level counts for itself, as the kernel's counters do: more may be returned than was charged. */
export class LinuxPool extends ModelPool {
  declare readonly parent: LinuxPool | null;
  declare readonly children: LinuxPool[];
  #usage = 0n;
  /** What the last question left, about this pool or one below. */
  readonly #effective: Protection = { min: 0n, low: 0n };
  /** Whether the kernel would have made it by now: before its first charge or limit there is nothing to return to. */
  #isMade = false;

  override get usage(): bigint {
    return this.#usage;
  }

  override get path(): LinuxPool[] {
    return super.path as LinuxPool[];
  }

  override get gone(): boolean {
    return super.gone && this.children.every((child) => child.gone || !child.#isMade);
  }

  /** What others have returned of it went with the pool. */
  override heldBy(agent: number): bigint {
    return this.gone ? 0n : super.heldBy(agent);
  }

  /** RULE_REFUSED_CHARGE_RAISES_PEAK */
  override tryCharge(agent: number, bytes: bigint): ModelPool | null | string {
    this.#make();
    const full = super.tryCharge(agent, bytes);
    if (!(full instanceof LinuxPool)) return full;
    for (const pool of this.path.slice(0, this.path.indexOf(full))) pool.raisePeak(pool.usage + bytes);
    return full;
  }

  /** RULE_CHARGE_WRAPS: not before 2^64, where no test gets. */
  override charge(agent: number, bytes: bigint): string | undefined {
    this.#make();
    if (!this.live) return "ENODEV";
    this.take(agent, bytes);
    return undefined;
  }

  /** RULE_UNCHARGE_CLAMPS */
  override uncharge(agent: number, bytes: bigint): string | undefined {
    if (bytes === 0n) return undefined;
    if (this.gone || !this.#isMade) return this.refusal;
    const held = this.heldBy(agent);
    this.hold(agent, bytes < held ? -bytes : -held);
    this.#return(bytes);
    return undefined;
  }

  override setLimit(limit: Limit, bytes: number): string | undefined {
    const refusal = super.setLimit(limit, bytes);
    if (refusal === undefined) this.#make();
    return refusal;
  }

  override forget(agent: number): void {
    const tickets = this.tickets.filter(({ giver, open }) => giver === agent && open);
    const bytes = tickets.reduce((sum, ticket) => sum + ticket.bytes, this.heldBy(agent));
    if (!this.gone) this.#return(bytes);
    super.forget(agent);
  }

  /** RULE_QUERIES_REMEMBER: it is found anew from the root down, but where nothing is used. */
  override protection(root: ModelPool): Protection {
    if (!this.#isMade) return this.#effective; // which nobody can have asked about
    const path = this.path as ModelPool[];
    const below = this.path.slice(0, Math.max(0, path.indexOf(root))).reverse();
    for (const pool of below) {
      if (pool.usage === 0n) continue;
      for (const kind of KINDS) pool.#effective[kind] = share(root, pool, kind, pool.#budget(kind));
    }
    return { ...this.#effective };
  }

  /** RULE_QUERIES_REMEMBER: seen from elsewhere it has what it had. */
  override isProtected(root: ModelPool, kind: "min" | "low"): boolean | string {
    if (this.parent === null || root === this) return false;
    return this.usage <= this.protection(root)[kind];
  }

  /** RULE_ROOT_LIMIT_IGNORES_PROTECTION */
  override evictValuable(limit: ModelPool | null, ignoreLow: boolean): Value {
    if (limit !== null && limit.parent === null) return { valuable: true, hitLow: false };
    return super.evictValuable(limit, ignoreLow);
  }

  protected override take(agent: number, bytes: bigint): void {
    for (const pool of this.path) pool.#usage += bytes;
    super.take(agent, bytes);
  }

  #budget(kind: (typeof KINDS)[number]): bigint {
    return this.parent === null ? 0n : this.parent.#effective[kind];
  }

  #return(bytes: bigint): void {
    for (const pool of this.path) pool.#usage = pool.usage < bytes ? 0n : pool.usage - bytes;
  }

  #make(): void {
    if (this.live) for (const pool of this.path) pool.#isMade = true;
  }
}

export class LinuxModel extends Model {
  /** RULE_ANY_REGION_NAME */
  override register(name: string): ModelRegion {
    return this.addRegion(name);
  }

  protected override newPool(group: ModelGroup, region: ModelRegion, parent: ModelPool | null): ModelPool {
    return new LinuxPool({ group, region, parent, agents: this.agents });
  }
}
