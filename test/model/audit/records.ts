import {
  ACCOUNT,
  ACCOUNT_POOL,
  AGENT,
  AGENT_FREE,
  AGENT_STATE,
  ARENA_SLOTS,
  CGROUP,
  CGROUP_FREE,
  CGROUP_STATE,
  LIVE,
  POOL,
  POOL_PARENT,
  POOL_STAMP,
  REGION,
  REGION_FREE,
  REGION_STATE,
  SLOTS_BASE,
  SLOTS_FREE,
  SLOTS_LINK,
  SLOTS_SIZE,
  SLOTS_STRIDE,
  SLOTS_TOUCHED,
  SLOTS_USED,
  TICKET,
  TICKET_FREE,
  TICKET_STATE,
} from "../../../assembly/abi.ts";
import type { Words } from "../engine/words.ts";

export const KIND_NAMES = ["agent", "account", "cgroup", "region", "pool", "ticket"] as const;

/** The records of an arena, as addresses. */
export class Records {
  readonly #words: Words;

  constructor(words: Words) {
    this.#words = words;
  }

  word(address: number): number {
    return this.#words.read(address, 32);
  }

  short(address: number): number {
    return this.#words.read(address, 16);
  }

  long(address: number): number {
    return this.#words.read(address, 64);
  }

  #entry(kind: number, word: number): number {
    return this.word(ARENA_SLOTS + kind * SLOTS_SIZE + word);
  }

  /** All records of a kind that were ever used. */
  all(kind: number): number[] {
    const stride = this.#entry(kind, SLOTS_STRIDE);
    return Array.from(
      { length: this.#entry(kind, SLOTS_TOUCHED) },
      (_, i) => this.#entry(kind, SLOTS_BASE) + i * stride,
    );
  }

  used(kind: number): number[] {
    return this.all(kind).filter((record) => this.isUsed(kind, record));
  }

  isUsed(kind: number, record: number): boolean {
    if (kind === AGENT) return this.word(record + AGENT_STATE) !== AGENT_FREE;
    if (kind === ACCOUNT) return this.word(record + ACCOUNT_POOL) !== 0;
    if (kind === CGROUP) return this.word(record + CGROUP_STATE) !== CGROUP_FREE;
    if (kind === REGION) return this.word(record + REGION_STATE) !== REGION_FREE;
    if (kind === POOL) return (this.word(record + POOL_STAMP) & LIVE) !== 0;
    return this.word(record + TICKET_STATE) !== TICKET_FREE;
  }

  /** How many are counted as used. */
  count(kind: number): number {
    return this.#entry(kind, SLOTS_USED);
  }

  /** The list of free records. */
  free(kind: number): number[] {
    return kind === TICKET + 1 ? [] : this.list(this.#entry(kind, SLOTS_FREE), this.#entry(kind, SLOTS_LINK));
  }

  /** A list by its links forward. */
  list(first: number, link: number): number[] {
    const found: number[] = [];
    for (let record = first; record !== 0; record = this.word(record + link)) {
      if (found.includes(record)) throw new Error(`the list from ${first} has a circle at ${record}`);
      found.push(record);
    }
    return found;
  }

  /** `pool`, and all above it. */
  levels(pool: number): number[] {
    return this.list(pool, POOL_PARENT);
  }
}

export function same(left: readonly number[], right: readonly number[]): boolean {
  return (
    left.length === right.length && [...left].sort(order).every((item, index) => item === [...right].sort(order)[index])
  );
}

function order(left: number, right: number): number {
  return left - right;
}
