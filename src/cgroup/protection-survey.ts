import { AMOUNT_MAX, POOL_PARENT, POOL_SHIFT, RULE_QUERIES_REMEMBER } from "../../assembly/abi.ts";
import type { Bytes } from "../core/bytes.ts";
import type { Core } from "../core/core.ts";
import { Budget, type Ledger } from "./budget.ts";
import type { Cgroup } from "./cgroup.ts";
import { effectiveProtection, evictValuable, type Value, valueFrom } from "./eviction.ts";
import type { Pool } from "./pool.ts";

/** In whose eyes pools are looked at: from the pool that is full, or from where each meets the one that asks. */
export type Viewpoint = { readonly limit: Pool } | { readonly asker: Pool | null };

/**
 * The protection of many pools, as one eviction asks for it.
 *
 * What pools have in common is found once: the limit, what their parents have to give, and what the siblings ask for.
 * Evictions are told to the survey, which then knows the siblings' sum without taking it again. Where queries remember,
 * each is made by itself: there an answer depends on what was asked before.
 *
 * Cost: the depth of the tree a question, the same for an eviction; and once for each group a step a child.
 */
export class ProtectionSurvey {
  readonly #core: Core;
  readonly #viewpoint: Viewpoint;
  /** Where the asker meets the children of a group that are not above it. */
  readonly #meetings = new Map<Cgroup, Pool | null>();
  // How the pool is seen that was asked about last: who walks over buffers asks about the same one several times.
  #pool: Pool | null = null;
  #id = 0;
  /** The pool that is full; `null`: none, the device is. */
  #limit: Pool | null = null;
  /** What its parent has for it; `null` where nobody shares with it, and where each question is asked by itself. */
  #budget: Budget | null = null;
  readonly #budgets = new Map<number, Budget>();
  readonly #ledger: Ledger;

  constructor(core: Core, viewpoint: Viewpoint) {
    this.#core = core;
    this.#viewpoint = viewpoint;
    this.#ledger = { core, clock: 0, weakened: new Set() };
  }

  /** The same as {@link Pool.evictValuable}. */
  value(pool: Pool, ignoreLow: boolean): Value {
    this.#lookAt(pool);
    if (this.#budget === null) return evictValuable(this.#core, pool, this.#limit, ignoreLow);
    return valueFrom(this.#budget.value(this.#id, ignoreLow));
  }

  /** What a pool may lose before the rest is protected. */
  unprotected(pool: Pool, ignoreLow: boolean): Bytes {
    this.#lookAt(pool);
    if (this.#limit === pool) return Number.POSITIVE_INFINITY;
    if (this.#budget !== null) {
      const min = this.#budget.effectiveOf(this.#id, false);
      return pool.usage - (ignoreLow ? min : Math.max(min, this.#budget.effectiveOf(this.#id, true)));
    }
    if (!evictValuable(this.#core, pool, this.#limit, ignoreLow).valuable) return 0;
    const { min, low } = effectiveProtection(this.#core, pool, this.#limit);
    return pool.usage - (ignoreLow ? min : Math.max(min, low));
  }

  /** What pools have in common that can lose their protection together; `null`: such a one does not lose it. */
  kin(pool: Pool): unknown {
    this.#lookAt(pool);
    return this.#core.follows(RULE_QUERIES_REMEMBER) ? groupBelow(this.#limit, pool.cgroup) : this.#budget;
  }

  /**
   * Notes that `bytes` of a pool were evicted, 0 if that failed, and nothing else has changed.
   *
   * The parent's budget decides which of its children are protected (see `coverage`), so that only those of a budget
   * that has got worse can have lost it. Off the way from the victim to the limit that takes a group on the way which
   * has less than before: where it has as much, with less asked for and less used, everybody's part is as large at the
   * least.
   *
   * @returns the kin that may have lost their protection; `null`: anybody may
   */
  lose(pool: Pool, bytes: Bytes): unknown[] | null {
    this.#lookAt(pool);
    if (this.#core.follows(RULE_QUERIES_REMEMBER)) return bytes === 0 ? null : [groupBelow(this.#limit, pool.cgroup)];
    if (bytes > 0) this.#lower(this.#id, this.#budget, bytes);
    const weakened = [...this.#ledger.weakened];
    this.#ledger.weakened.clear();
    return weakened;
  }

  /** Forgets everything: something else has changed. */
  clear(): void {
    this.#pool = null;
    this.#meetings.clear();
    this.#budgets.clear();
    this.#ledger.weakened.clear();
  }

  #lower(id: number, parent: Budget | null, bytes: Bytes): void {
    const own = this.#budgets.get(id);
    const line = own === undefined ? [] : [own];
    let child = id;
    for (let budget = parent; budget !== null; budget = budget.above) {
      budget.lower(child, bytes);
      line.push(budget);
      child = budget.id;
    }
    const smaller = line.reverse().find((budget) => budget.revise());
    smaller?.reviseBelow();
  }

  #lookAt(pool: Pool): void {
    // Stryker disable next-line ConditionalExpression: only quicker
    if (this.#pool === pool) return;
    this.#limit = this.#limitFor(pool);
    this.#id = pool.find();
    this.#budget = this.#core.follows(RULE_QUERIES_REMEMBER) ? null : this.#budgetAbove(this.#id, this.#limit);
    this.#pool = pool;
  }

  #limitFor(pool: Pool): Pool | null {
    if ("limit" in this.#viewpoint) return this.#viewpoint.limit;
    const { asker } = this.#viewpoint;
    if (asker === null) return null;
    if (pool.cgroup.contains(asker.cgroup)) return pool.commonAncestor(asker);
    const parent = pool.cgroup.parent as Cgroup; // the root contains all
    let limit = this.#meetings.get(parent);
    if (limit === undefined) {
      limit = pool.commonAncestor(asker);
      this.#meetings.set(parent, limit);
    }
    return limit;
  }

  /** The budget of a pool's parent, unless that is the limit, or the limit is not above the pool. */
  #budgetAbove(id: number, limit: Pool | null): Budget | null {
    const root = limit?.find() ?? 0;
    // Stryker disable next-line ConditionalExpression: above the header, where id 0 is, there is nothing either
    if (id === 0) return null;
    if (limit !== null && root === 0) return null;
    let above = this.#parentOf(id);
    // Stryker disable next-line ConditionalExpression: only quicker
    if (above === root) return null;
    const line: number[] = [];
    for (; above !== root && above !== 0; above = this.#parentOf(above)) line.push(above);
    if (above !== root) return null;
    if (root === 0) line.pop(); // seen from the top
    let budget: Budget | null = null;
    for (const group of line.reverse()) budget = this.#budgetOf(group, budget, root);
    return budget;
  }

  #budgetOf(group: number, above: Budget | null, root: number): Budget {
    let budget = this.#budgets.get(group);
    if (budget === undefined) {
      const top = (low: boolean) => Math.min(AMOUNT_MAX, this.#core.call.effectiveProtection(root, group, low));
      budget = new Budget(this.#ledger, group, { above, top });
      this.#budgets.set(group, budget);
    }
    return budget;
  }

  #parentOf(id: number): number {
    return (this.#core.words[((id << POOL_SHIFT) + POOL_PARENT) >>> 2] as number) >>> POOL_SHIFT;
  }
}

/** The group directly below `limit` that contains `cgroup`: it is where what is evicted can take protection from. */
function groupBelow(limit: Pool | null, cgroup: Cgroup): Cgroup {
  let group = cgroup;
  while (group.parent !== null && group.parent !== limit?.cgroup) group = group.parent;
  return group;
}
