import {
  ACCOUNT,
  ACCOUNT_AGENT,
  ACCOUNT_CHARGED,
  ACCOUNT_POOL,
  ACCOUNT_STOCK,
  ACCOUNT_USE,
  AGENT,
  ARENA_SLOTS,
  POOL_PARENT,
  POOL_SHIFT,
  POOL_STAMP,
  POOL_USAGE,
  SLOTS_SIZE,
  SLOTS_TOUCHED,
  STAMP_SHIFT,
} from "../../assembly/abi.ts";
import type { Bytes } from "../core/bytes.ts";
import type { Core } from "../core/core.ts";

/** What one agent holds of one pool, and could be asked for. */
export interface Holder {
  readonly agent: number;
  readonly account: number;
  readonly pool: number;
  readonly stamp: number;
  /** How much of it may go: no more than is held, and no more than is unprotected. */
  readonly bytes: Bytes;
}

/**
 * Who holds what below a pool and may be asked to give it up, in the order of an eviction: from pools beyond their
 * protection first, whoever is furthest beyond it before the others; with `ignoreLow` from those within `low`, too;
 * never from within `min`.
 *
 * Cost: a step for each account.
 */
export function holdersBelow(core: Core, limit: number, options: { readonly ignoreLow: boolean }): Holder[] {
  const count = core.word(ARENA_SLOTS + ACCOUNT * SLOTS_SIZE + SLOTS_TOUCHED);
  const found: { holder: Holder; beyond: number }[] = [];
  for (let id = 1; id <= count; id++) {
    const account = core.addressOf(ACCOUNT, id);
    const pool = core.word(account + ACCOUNT_POOL);
    if (!isWithin(core, pool, limit << POOL_SHIFT)) continue;
    const stamp = core.word(pool + POOL_STAMP);
    const held = heldBy(core, id);
    if (core.word(account + ACCOUNT_USE) !== stamp >>> STAMP_SHIFT || held <= 0) continue;
    const beyond = unprotected(core, { limit, pool: pool >>> POOL_SHIFT, ...options });
    const agent = core.idOf(AGENT, core.word(account + ACCOUNT_AGENT));
    const holder = { agent, account: id, pool: pool >>> POOL_SHIFT, stamp, bytes: Math.min(held, beyond) };
    if (beyond > 0) found.push({ holder, beyond });
  }
  return found.sort((a, b) => b.beyond - a.beyond).map(({ holder }) => holder);
}

export function heldBy(core: Core, id: number): Bytes {
  const account = core.addressOf(ACCOUNT, id);
  return Number(core.long(account + ACCOUNT_CHARGED)) - core.word(account + ACCOUNT_STOCK);
}

function unprotected(core: Core, of: { limit: number; pool: number; ignoreLow: boolean }): Bytes {
  const usage = Number(core.long((of.pool << POOL_SHIFT) + POOL_USAGE));
  if (of.pool === of.limit) return usage;
  const min = core.call.effectiveProtection(of.limit, of.pool, false);
  const low = of.ignoreLow ? 0 : core.call.effectiveProtection(of.limit, of.pool, true);
  if (min < 0 || low < 0) return 0; // freed meanwhile
  return Math.max(0, usage - Math.max(min, low));
}

function isWithin(core: Core, pool: number, limit: number): boolean {
  for (let level = pool; level !== 0; level = core.word(level + POOL_PARENT)) if (level === limit) return true;
  return false;
}
