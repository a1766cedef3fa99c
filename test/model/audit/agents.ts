import {
  ACCOUNT,
  ACCOUNT_BATCH,
  ACCOUNT_NEXT,
  ACCOUNT_NEXT_STOCKED,
  AGENT,
  AGENT_DEAD,
  AGENT_FIRST_ACCOUNT,
  AGENT_FIRST_TICKET,
  AGENT_NEEDS,
  AGENT_STATE,
  AGENT_TAKING,
  ARENA_FIRST_STOCKED,
  ARENA_GATE,
  ARENA_LOCK,
  ARENA_LOCK_WAITERS,
  ARENA_NEEDS,
  KINDS,
  TICKET,
  TICKET_NEXT,
  TICKET_PREVIOUS,
} from "../../../assembly/abi.ts";
import { KIND_NAMES, type Records, same } from "./records.ts";

/** Whether the slots are accounted for, and what belongs to agents is in their lists. */
export function* auditSlots(records: Records): Generator<string> {
  for (let kind = 0; kind < KINDS; kind++) {
    const used = records.used(kind);
    const name = KIND_NAMES[kind];
    if (records.count(kind) !== used.length) yield `${records.count(kind)} ${name}s are counted, ${used.length} in use`;
    if (kind === AGENT) continue;
    const free = records.free(kind);
    const unused = records.all(kind).filter((record) => !used.includes(record));
    if (!same(free, unused)) yield `free ${name}s: ${free}, unused: ${unused}`;
  }
}

export function* auditAgents(records: Records): Generator<string> {
  const agents = records.used(AGENT);
  const accounts = agents.flatMap((agent) => records.list(records.word(agent + AGENT_FIRST_ACCOUNT), ACCOUNT_NEXT));
  if (!same(accounts, records.used(ACCOUNT))) yield `accounts in lists: ${accounts}, in use: ${records.used(ACCOUNT)}`;
  const tickets = agents.flatMap((agent) => records.list(records.word(agent + AGENT_FIRST_TICKET), TICKET_NEXT));
  if (!same(tickets, records.used(TICKET))) yield `tickets in lists: ${tickets}, open: ${records.used(TICKET)}`;
  for (const agent of agents) {
    const [first] = records.list(records.word(agent + AGENT_FIRST_TICKET), TICKET_NEXT);
    if (first !== undefined && records.word(first + TICKET_PREVIOUS) !== 0) yield `ticket ${first} is first and is not`;
    if (records.word(agent + AGENT_STATE) === AGENT_DEAD) yield `agent ${agent} is not cleared up after`;
    if (records.word(agent + AGENT_TAKING) !== 0) yield `agent ${agent} is taking something off a shelf`;
  }
  const stocked = records.list(records.word(ARENA_FIRST_STOCKED), ACCOUNT_NEXT_STOCKED);
  const keeping = records.used(ACCOUNT).filter((account) => records.word(account + ACCOUNT_BATCH) !== 0);
  if (!same(stocked, keeping)) yield `accounts with a stock in the list: ${stocked}, there are ${keeping}`;
}

export function* auditHeader(records: Records, capacity: number): Generator<string> {
  if (records.word(ARENA_LOCK) !== 0) yield `the lock is held: ${records.word(ARENA_LOCK)}`;
  if (records.word(ARENA_LOCK_WAITERS) !== 0) yield `${records.word(ARENA_LOCK_WAITERS)} are said to wait for the lock`;
  if (records.word(ARENA_GATE) !== capacity) yield "the gate is closed";
  const needs = records.used(AGENT).reduce((sum, agent) => sum + records.word(agent + AGENT_NEEDS), 0);
  if (records.word(ARENA_NEEDS) !== needs) yield `${records.word(ARENA_NEEDS)} needs are counted, there are ${needs}`;
  if (needs !== 0) yield "somebody still needs stocks";
}
