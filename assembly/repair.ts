// Repair: the structure after the lock's owner died in the middle of a change. Lists are linked forward by single
// stores, and each record has one word that says whether it is in use; both are right at every instant. Everything else
// follows from them and is made anew: links backward, counts, free lists. What was half made is taken away; what was
// half taken away is completed; so nobody who saw it published has seen something that never was.
//
// All of it may be done again, if its doer dies. Cost: a few steps a record.

import {
  ACCOUNT,
  ACCOUNT_BATCH,
  ACCOUNT_NEXT_STOCKED,
  ACCOUNT_POOL,
  ACCOUNT_STRIDE,
  AGENT,
  AGENT_FIRST_TICKET,
  AGENT_FREE,
  AGENT_STATE,
  AGENT_STRIDE,
  ARENA_FIRST_STOCKED,
  ARENA_VERSION,
  CGROUP,
  CGROUP_FREE,
  CGROUP_STATE,
  LIVE,
  POOL,
  POOL_STAMP,
  REGION,
  REGION_FREE,
  REGION_STATE,
  SLOTS_FREE,
  SLOTS_LINK,
  SLOTS_STRIDE,
  SLOTS_TOUCHED,
  SLOTS_USED,
  TICKET,
  TICKET_FREE,
  TICKET_GENERATION,
  TICKET_MARK,
  TICKET_NEXT,
  TICKET_OPEN,
  TICKET_PREVIOUS,
  TICKET_STATE,
  TICKET_STRIDE,
} from "./abi";
import { sweep } from "./pool";
import { recallRetired, recountNeeds } from "./recall";
import { repairPools } from "./repair-pools";
import { dropUnused, recount, repairCgroups, repairRegions } from "./repair-tree";
import { base, end, word } from "./slots";
import { Address, add32, load32, put32, store32 } from "./sync";

/** Puts the structure right, under the lock that was taken over. Whoever walks over links meanwhile walks again. */
export function repair(): void {
  add32(ARENA_VERSION, 1);
  repairRegions();
  repairCgroups();
  repairPools();
  repairTickets();
  repairStocked();
  for (let kind = 0; kind <= TICKET; kind++) rebuildSlots(kind);
  recount();
  recountNeeds();
  recallRetired();
  sweep();
  dropUnused();
  add32(ARENA_VERSION, 1);
}

/** A ticket in nobody's list was being opened or closed: it is spent. */
function repairTickets(): void {
  const lastAgent = end(AGENT);
  const last = end(TICKET);
  for (let ticket = base(TICKET); ticket < last; ticket += TICKET_STRIDE) store32(ticket + TICKET_MARK, 0);
  for (let agent = base(AGENT); agent < lastAgent; agent += AGENT_STRIDE) {
    if (load32(agent + AGENT_STATE) != AGENT_FREE) markTickets(agent);
  }
  for (let ticket = base(TICKET); ticket < last; ticket += TICKET_STRIDE) {
    if (load32(ticket + TICKET_STATE) != TICKET_OPEN || load32(ticket + TICKET_MARK) != 0) continue;
    put32(ticket + TICKET_GENERATION, load32(ticket + TICKET_GENERATION) + 1);
    put32(ticket + TICKET_STATE, TICKET_FREE);
  }
}

function markTickets(agent: Address): void {
  let previous: Address = 0;
  for (let ticket = load32(agent + AGENT_FIRST_TICKET); ticket != 0; ticket = load32(ticket + TICKET_NEXT)) {
    store32(ticket + TICKET_MARK, 1);
    store32(ticket + TICKET_PREVIOUS, previous);
    previous = ticket;
  }
}

/** The list is published by one store: nobody sees it empty meanwhile. */
function repairStocked(): void {
  let first: Address = 0;
  const last = end(ACCOUNT);
  for (let account = base(ACCOUNT); account < last; account += ACCOUNT_STRIDE) {
    if (load32(account + ACCOUNT_POOL) == 0 || load32(account + ACCOUNT_BATCH) == 0) continue;
    store32(account + ACCOUNT_NEXT_STOCKED, first);
    first = account;
  }
  put32(ARENA_FIRST_STOCKED, first);
}

/** Chains the free records of a kind. Agents have no list. */
function rebuildSlots(kind: i32): void {
  const touched = load32(word(kind, SLOTS_TOUCHED));
  let record = base(kind);
  let free: Address = 0;
  let used: u32 = 0;
  for (let i: u32 = 0; i < touched; i++) {
    if (isUsed(kind, record)) used++;
    else if (kind != AGENT) {
      store32(record + load<u32>(word(kind, SLOTS_LINK)), free);
      free = record;
    }
    record += load<u32>(word(kind, SLOTS_STRIDE));
  }
  store32(word(kind, SLOTS_FREE), free);
  store32(word(kind, SLOTS_USED), used);
}

/** The one word of a record that says so. */
function isUsed(kind: i32, record: Address): bool {
  if (kind == AGENT) return load32(record + AGENT_STATE) != AGENT_FREE;
  if (kind == ACCOUNT) return load32(record + ACCOUNT_POOL) != 0;
  if (kind == CGROUP) return load32(record + CGROUP_STATE) != CGROUP_FREE;
  if (kind == REGION) return load32(record + REGION_STATE) != REGION_FREE;
  if (kind == POOL) return (load32(record + POOL_STAMP) & LIVE) != 0;
  return load32(record + TICKET_STATE) != TICKET_FREE;
}
