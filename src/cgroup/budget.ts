import { POOL_CHILDREN, POOL_SHIFT } from "../../assembly/abi.ts";
import type { Bytes } from "../core/bytes.ts";
import type { Core } from "../core/core.ts";

/** What the budgets of one survey have in common. */
export interface Ledger {
  readonly core: Core;
  /** Counts what was found and what changed, so that it can be told which was later. */
  clock: number;
  /** Budgets that do not protect every child any more that they protected. */
  readonly weakened: Set<Budget>;
}

/** What a group has of one kind of protection, and which of its children that protects wholly. */
interface Fund {
  readonly low: boolean;
  /** Its own effective min or low. */
  effective: Bytes;
  /** What its children together ask for. */
  asked: Bytes;
  /** 0: none that uses anything; 1: those that use no more than they ask for; 2: all. */
  coverage: number;
}

/**
 * What a group below the limit of an eviction has to protect its children with.
 *
 * It is remembered, and found again when something changed in it or above. The sum over the children is taken again
 * after as many questions as there are children: that is one step a question, and no change by others goes unseen for
 * longer.
 */
export class Budget {
  readonly id: number;
  readonly above: Budget | null;
  readonly #below: Budget[] = [];
  readonly #ledger: Ledger;
  /** Its own effective min or low where there is no budget above: nobody shares with it. */
  readonly #top: (low: boolean) => Bytes;
  readonly #funds: readonly [Fund, Fund] = [newFund(false), newFund(true)];
  #questionsLeft = 0;
  #foundAt = 0;
  /** When the children's parts changed last. */
  #changedAt = 0;

  constructor(ledger: Ledger, id: number, from: { above: Budget | null; top: (low: boolean) => Bytes }) {
    this.#ledger = ledger;
    this.#top = from.top;
    this.id = id;
    this.above = from.above;
    if (from.above !== null) from.above.#below.push(this);
  }

  /** Bits VALUABLE and HIT_LOW for a child. */
  value(child: number, ignoreLow: boolean): number {
    this.#refresh();
    const [min, low] = this.#funds;
    const { call } = this.#ledger.core;
    return call.valuableWithin(child, ignoreLow, min.effective, min.asked, low.effective, low.asked);
  }

  /** A child's effective min or low. */
  effectiveOf(child: number, low: boolean): Bytes {
    this.#refresh();
    return this.#within(child, low);
  }

  /** `child` has lost `bytes`: it may ask for less now. */
  lower(child: number, bytes: Bytes): void {
    const { call } = this.#ledger.core;
    for (const fund of this.#funds) fund.asked = Math.max(0, fund.asked - call.askedLess(child, fund.low, bytes));
  }

  /** Finds again what it has after its usage fell, the budget above being right. @returns whether it has less */
  revise(): boolean {
    this.#changedAt = ++this.#ledger.clock;
    return this.#find();
  }

  /** The same for all below it. */
  reviseBelow(): void {
    for (const budget of this.#below) {
      budget.#find();
      budget.reviseBelow();
    }
  }

  /** Before a question about something below it. */
  #refresh(): void {
    if (this.above !== null) this.above.#refresh();
    if (this.#questionsLeft === 0) this.#sum();
    this.#questionsLeft--;
    if (this.#foundAt <= (this.above === null ? 0 : this.above.#changedAt)) this.#find();
  }

  #sum(): void {
    const { core } = this.#ledger;
    for (const fund of this.#funds) fund.asked = core.call.askedByChildren(this.id, fund.low);
    this.#questionsLeft = Math.max(1, core.word((this.id << POOL_SHIFT) + POOL_CHILDREN));
    this.#changedAt = ++this.#ledger.clock;
    this.#foundAt = 0;
  }

  #find(): boolean {
    let isLess = false;
    for (const fund of this.#funds) {
      const effective = this.above === null ? this.#top(fund.low) : this.above.#within(this.id, fund.low);
      // Stryker disable next-line UpdateOperator: others ask again where they need not
      if (effective !== fund.effective) this.#changedAt = ++this.#ledger.clock;
      isLess ||= effective < fund.effective;
      fund.effective = effective;
      const coverage = this.#ledger.core.call.coverage(this.id, effective, fund.asked);
      if (coverage < fund.coverage) this.#ledger.weakened.add(this);
      fund.coverage = coverage;
    }
    this.#foundAt = ++this.#ledger.clock;
    return isLess;
  }

  #within(child: number, low: boolean): Bytes {
    const { effective, asked } = this.#funds[low ? 1 : 0];
    return this.#ledger.core.call.effectiveWithin(child, low, effective, asked);
  }
}

function newFund(low: boolean): Fund {
  return { low, effective: 0, asked: 0, coverage: 0 };
}
