// Cgroups: the tree of names. A cgroup that is removed gives up its name and its limits at once; its record stays for
// as long as something is charged to it or below it.

import {
  AGENT,
  AGENT_NAME,
  ARENA_OPTIONS,
  ARENA_ROOT,
  ARENA_VERSION,
  BAD_ID,
  BUSY,
  CGROUP,
  CGROUP_DEPTH,
  CGROUP_FIRST_CHILD,
  CGROUP_FIRST_POOL,
  CGROUP_FLAGS,
  CGROUP_FREE,
  CGROUP_GENERATION,
  CGROUP_INCARNATION,
  CGROUP_LAST_CHILD,
  CGROUP_NAME,
  CGROUP_NAME_LENGTH,
  CGROUP_NEXT,
  CGROUP_ONLINE,
  CGROUP_PARENT,
  CGROUP_PREVIOUS,
  CGROUP_REFERENCES,
  CGROUP_REMOVED,
  CGROUP_STATE,
  CONTROLLED,
  DELEGATES,
  DEPTH_MAX,
  EXISTS,
  GONE,
  IN_USE,
  NAME_MAX,
  NO_CONTROLLER,
  NO_SLOT,
  NOT_EMPTY,
  OK,
  OPTION_MANUAL_SUBTREE,
  REMOVED,
  TOO_DEEP,
} from "./abi";
import { lock, unlock } from "./lock";
import { enter, leave, lookUp, takeName } from "./name";
import { retirePools, sweep } from "./pool";
import { addressOf, allocate, available, idOf, release } from "./slots";
import { Address, get32, load32, put32, store32 } from "./sync";

/**
 * A look-up without the lock is tried again if a record was freed meanwhile; after that many times it takes the lock.
 */
const LOOK_UP_TRIES = 8;

/** The record of a handle, or 0 with `condition` telling why. */
export function cgroupOf(id: u32, generation: u32): Address {
  const cgroup = addressOf(CGROUP, id);
  if (cgroup == 0 || load32(cgroup + CGROUP_GENERATION) != generation) return 0;
  return load32(cgroup + CGROUP_STATE) == CGROUP_ONLINE ? cgroup : 0;
}

/** Why a handle leads nowhere. OK: it is online. */
export function cgroupCondition(id: u32, generation: u32): i32 {
  const cgroup = addressOf(CGROUP, id);
  if (cgroup == 0) return BAD_ID;
  if (load32(cgroup + CGROUP_GENERATION) != generation) return GONE;
  return load32(cgroup + CGROUP_STATE) == CGROUP_ONLINE ? OK : REMOVED;
}

/** Makes the root, in an arena that nobody else can see yet. */
export function createRoot(): i32 {
  const root = allocate(CGROUP);
  if (root == 0) return NO_SLOT - CGROUP;
  store32(root + CGROUP_FLAGS, CONTROLLED | inheritedDelegation());
  store32(root + CGROUP_STATE, CGROUP_ONLINE);
  store32(ARENA_ROOT, root);
  return idOf(CGROUP, root);
}

/** Makes a child, by the name of `length` bytes that the agent laid down. @returns its id, or a status */
export function createCgroup(agent: u32, parentId: u32, generation: u32, length: u32): i32 {
  const giver = addressOf(AGENT, agent);
  if (giver == 0 || length - 1 >= <u32>NAME_MAX) return BAD_ID;
  if (!lock(agent)) return BUSY;
  const result = create(giver, parentId, generation, length);
  unlock();
  return result;
}

function create(agent: Address, parentId: u32, generation: u32, length: u32): i32 {
  const parent = cgroupOf(parentId, generation);
  if (parent == 0) return cgroupCondition(parentId, generation);
  if (load32(parent + CGROUP_DEPTH) >= <u32>DEPTH_MAX) return TOO_DEEP;
  if (lookUp(parent, agent + AGENT_NAME, length) != 0) return EXISTS;
  if (available(CGROUP) == 0) sweep();
  const cgroup = allocate(CGROUP);
  if (cgroup == 0) return NO_SLOT - CGROUP;
  takeName(agent, cgroup + CGROUP_NAME, length);
  store32(cgroup + CGROUP_NAME_LENGTH, length);
  store32(cgroup + CGROUP_PARENT, parent);
  store32(cgroup + CGROUP_DEPTH, load32(parent + CGROUP_DEPTH) + 1);
  store32(cgroup + CGROUP_FIRST_CHILD, 0);
  store32(cgroup + CGROUP_LAST_CHILD, 0);
  store32(cgroup + CGROUP_FIRST_POOL, 0);
  store32(cgroup + CGROUP_REFERENCES, 0);
  const delegated = (load32(parent + CGROUP_FLAGS) & DELEGATES) != 0;
  store32(cgroup + CGROUP_FLAGS, delegated ? CONTROLLED | inheritedDelegation() : 0);
  put32(cgroup + CGROUP_STATE, CGROUP_ONLINE);
  store32(parent + CGROUP_REFERENCES, load32(parent + CGROUP_REFERENCES) + 1);
  append(parent, cgroup);
  enter(cgroup);
  return idOf(CGROUP, cgroup);
}

function inheritedDelegation(): u32 {
  return (load<u32>(ARENA_OPTIONS) & OPTION_MANUAL_SUBTREE) != 0 ? 0 : DELEGATES;
}

function append(parent: Address, cgroup: Address): void {
  const last = load32(parent + CGROUP_LAST_CHILD);
  store32(cgroup + CGROUP_PREVIOUS, last);
  store32(cgroup + CGROUP_NEXT, 0);
  put32(last == 0 ? parent + CGROUP_FIRST_CHILD : last + CGROUP_NEXT, cgroup);
  store32(parent + CGROUP_LAST_CHILD, cgroup);
}

/** Removes a cgroup without children; what is charged there stays charged. */
export function removeCgroup(agent: u32, id: u32, generation: u32): i32 {
  if (!lock(agent)) return BUSY;
  const result = remove(id, generation);
  unlock();
  return result;
}

function remove(id: u32, generation: u32): i32 {
  const cgroup = cgroupOf(id, generation);
  if (cgroup == 0) return cgroupCondition(id, generation);
  if (load32(cgroup + CGROUP_FIRST_CHILD) != 0) return NOT_EMPTY;
  if (cgroup == load32(ARENA_ROOT)) return IN_USE;
  leave(cgroup);
  unlink(cgroup);
  put32(cgroup + CGROUP_STATE, CGROUP_REMOVED);
  store32(cgroup + CGROUP_REFERENCES, load32(cgroup + CGROUP_REFERENCES) + 1); // ours, while its pools go
  retirePools(cgroup);
  dropCgroup(cgroup);
  return OK;
}

/** Takes the cgroup out of its parent's list; its own link goes on to lead back into the list for late readers. */
function unlink(cgroup: Address): void {
  const parent = load32(cgroup + CGROUP_PARENT);
  const next = load32(cgroup + CGROUP_NEXT);
  const previous = load32(cgroup + CGROUP_PREVIOUS);
  put32(previous == 0 ? parent + CGROUP_FIRST_CHILD : previous + CGROUP_NEXT, next);
  store32(next == 0 ? parent + CGROUP_LAST_CHILD : next + CGROUP_PREVIOUS, previous);
}

/** Gives up one reference to `cgroup`; a removed one without references is freed, which gives up one to its parent. */
export function dropCgroup(cgroup: Address): void {
  while (cgroup != 0) {
    const references = load32(cgroup + CGROUP_REFERENCES) - 1;
    store32(cgroup + CGROUP_REFERENCES, references);
    if (references != 0 || load32(cgroup + CGROUP_STATE) != CGROUP_REMOVED) return;
    const parent = load32(cgroup + CGROUP_PARENT);
    freeCgroup(cgroup);
    cgroup = parent;
  }
}

/** The generation comes first, so that no handle outlives the record. */
export function freeCgroup(cgroup: Address): void {
  put32(cgroup + CGROUP_GENERATION, load32(cgroup + CGROUP_GENERATION) + 1);
  put32(cgroup + CGROUP_STATE, CGROUP_FREE);
  release(CGROUP, cgroup);
}

/** Finds a child by the name that the agent laid down. @returns its id, 0 if there is none, or a status */
export function findCgroup(agent: u32, parentId: u32, generation: u32, length: u32): i32 {
  const asker = addressOf(AGENT, agent);
  if (asker == 0 || length > <u32>NAME_MAX) return BAD_ID;
  for (let tries = 0; tries < LOOK_UP_TRIES; tries++) {
    const version = get32(ARENA_VERSION);
    const result = find(asker, parentId, generation, length);
    if (get32(ARENA_VERSION) == version) return result;
  }
  if (!lock(agent)) return BUSY;
  const result = find(asker, parentId, generation, length);
  unlock();
  return result;
}

function find(asker: Address, parentId: u32, generation: u32, length: u32): i32 {
  const parent = cgroupOf(parentId, generation);
  if (parent == 0) return cgroupCondition(parentId, generation);
  const child = lookUp(parent, asker + AGENT_NAME, length);
  return child == 0 ? 0 : idOf(CGROUP, child);
}

/**
 * Switches the controller on or off for all children of a cgroup. Off: their charges live on, their limits are dropped.
 * On again: they begin anew.
 */
export function delegate(agent: u32, id: u32, generation: u32, on: bool): i32 {
  if (!lock(agent)) return BUSY;
  const cgroup = cgroupOf(id, generation);
  const result = cgroup == 0 ? cgroupCondition(id, generation) : setDelegation(cgroup, on);
  unlock();
  return result;
}

function setDelegation(cgroup: Address, on: bool): i32 {
  const flags = load32(cgroup + CGROUP_FLAGS);
  if (((flags & DELEGATES) != 0) == on) return OK;
  if (on && (flags & CONTROLLED) == 0) return NO_CONTROLLER;
  if (!on && anyChildDelegates(cgroup)) return IN_USE;
  put32(cgroup + CGROUP_FLAGS, flags ^ DELEGATES);
  for (let child = load32(cgroup + CGROUP_FIRST_CHILD); child != 0; child = load32(child + CGROUP_NEXT)) {
    control(child, on);
    if (!on) retirePools(child);
  }
  return OK;
}

/** Begins or ends the controller's state for a cgroup. */
export function control(cgroup: Address, on: bool): void {
  put32(cgroup + CGROUP_INCARNATION, load32(cgroup + CGROUP_INCARNATION) + 1);
  put32(cgroup + CGROUP_FLAGS, on ? CONTROLLED : 0);
}

function anyChildDelegates(cgroup: Address): bool {
  for (let child = load32(cgroup + CGROUP_FIRST_CHILD); child != 0; child = load32(child + CGROUP_NEXT)) {
    if ((load32(child + CGROUP_FLAGS) & DELEGATES) != 0) return true;
  }
  return false;
}
