import {
  ACCOUNT,
  ACCOUNT_AGENT,
  ACCOUNT_CHARGED,
  ACCOUNT_INTENDED,
  ACCOUNT_POOL,
  ACCOUNT_SHELF,
  ACCOUNT_STOCK,
  ACCOUNT_USE,
  AGENT_ATTACHED,
  AGENT_STATE,
  LIVE,
  POOL,
  POOL_MAX,
  POOL_STAMP,
  POOL_USAGE,
  STAMP_SHIFT,
  TICKET,
  TICKET_BYTES,
  TICKET_POOL,
} from "../../../assembly/abi.ts";
import type { Records } from "./records.ts";

/** Whether each pool's usage is what is held at and below it, to the byte, and no more than it may. */
export function* auditBooks(records: Records, { mayExceed }: { mayExceed: boolean }): Generator<string> {
  const held = new Map<number, number>();
  const hold = (pool: number, bytes: number) => {
    for (const level of records.levels(pool)) held.set(level, (held.get(level) ?? 0) + bytes);
  };
  for (const account of records.used(ACCOUNT)) {
    yield* auditAccount(records, account);
    hold(records.word(account + ACCOUNT_POOL), charged(records, account));
  }
  for (const ticket of records.used(TICKET)) {
    hold(records.word(ticket + TICKET_POOL), records.long(ticket + TICKET_BYTES));
  }
  for (const pool of records.all(POOL)) {
    const usage = records.long(pool + POOL_USAGE);
    const sum = held.get(pool) ?? 0;
    if (usage !== sum) yield `pool ${pool}: usage ${usage}, held ${sum}`;
    if ((records.word(pool + POOL_STAMP) & LIVE) === 0 && usage !== 0) yield `free pool ${pool}: usage ${usage}`;
    if (!mayExceed && usage > records.long(pool + POOL_MAX)) yield `pool ${pool}: usage ${usage} above max`;
  }
}

function* auditAccount(records: Records, account: number): Generator<string> {
  const charged = records.long(account + ACCOUNT_CHARGED);
  const agent = records.word(account + ACCOUNT_AGENT);
  if (charged !== records.long(account + ACCOUNT_INTENDED)) yield `account ${account} is in the middle of something`;
  if (charged < 0) yield `account ${account} has charged ${charged}`;
  if (records.word(account + ACCOUNT_STOCK) > charged) yield `account ${account} has more stock than is charged`;
  if (records.word(agent + AGENT_STATE) !== AGENT_ATTACHED) yield `account ${account} is nobody's`;
}

/** What is charged through an account, in the present use of its pool: without what others took off its shelf. */
function charged(records: Records, account: number): number {
  const stamp = records.word(records.word(account + ACCOUNT_POOL) + POOL_STAMP);
  if (records.word(account + ACCOUNT_USE) !== stamp >>> STAMP_SHIFT) return 0;
  const shelf = records.word(account + ACCOUNT_SHELF) | 0;
  const taken = shelf >= 0 ? records.word(account + ACCOUNT_STOCK) - shelf : 0;
  return records.long(account + ACCOUNT_CHARGED) - taken;
}
