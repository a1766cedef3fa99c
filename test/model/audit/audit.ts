import { ACCOUNT, ARENA_SLOTS, SLOTS_CAPACITY, SLOTS_SIZE } from "../../../assembly/abi.ts";
import type { Words } from "../engine/words.ts";
import { auditAgents, auditHeader, auditSlots } from "./agents.ts";
import { auditBooks } from "./books.ts";
import { Records } from "./records.ts";
import { auditTree } from "./tree.ts";

/** Everything that holds in an arena when nobody does anything. @returns what does not */
export function audit(words: Words, { mayExceed = false } = {}): string[] {
  const records = new Records(words);
  const accounts = words.read(ARENA_SLOTS + ACCOUNT * SLOTS_SIZE + SLOTS_CAPACITY, 32);
  return [
    ...auditHeader(records, accounts),
    ...auditSlots(records),
    ...auditBooks(records, { mayExceed }),
    ...auditTree(records),
    ...auditAgents(records),
  ];
}
