// Repair of regions and cgroups: what is in a list is there; what is in use and in no list is on its way out.

import {
  ARENA_FIRST_REGION,
  ARENA_LAST_REGION,
  ARENA_ROOT,
  CGROUP,
  CGROUP_FIRST_CHILD,
  CGROUP_FLAGS,
  CGROUP_FREE,
  CGROUP_LAST_CHILD,
  CGROUP_LINK,
  CGROUP_NEXT,
  CGROUP_ONLINE,
  CGROUP_PARENT,
  CGROUP_PREVIOUS,
  CGROUP_REFERENCES,
  CGROUP_REMOVED,
  CGROUP_STATE,
  CGROUP_STRIDE,
  CONTROLLED,
  DELEGATES,
  LIVE,
  POOL,
  POOL_CGROUP,
  POOL_CHILDREN,
  POOL_PARENT,
  POOL_REGION,
  POOL_STAMP,
  POOL_STRIDE,
  REGION,
  REGION_LINK,
  REGION_NEXT,
  REGION_POOLS,
  REGION_PREVIOUS,
  REGION_REGISTERED,
  REGION_STATE,
  REGION_STRIDE,
  REGION_UNREGISTERED,
} from "./abi";
import { control, dropCgroup } from "./cgroup";
import { enter, isEntered } from "./name";
import { dropRegion } from "./region";
import { addressOf, base, end } from "./slots";
import { Address, load16, load32, put32, store32 } from "./sync";

export function repairRegions(): void {
  const last = end(REGION);
  for (let region = base(REGION); region < last; region += REGION_STRIDE) {
    if (load32(region + REGION_STATE) == REGION_REGISTERED) store32(region + REGION_LINK, 0);
  }
  let previous: Address = 0;
  for (let region = load32(ARENA_FIRST_REGION); region != 0; region = load32(region + REGION_NEXT)) {
    store32(region + REGION_LINK, 1);
    store32(region + REGION_PREVIOUS, previous);
    previous = region;
  }
  store32(ARENA_LAST_REGION, previous);
  for (let region = base(REGION); region < last; region += REGION_STRIDE) {
    if (load32(region + REGION_STATE) != REGION_REGISTERED || load32(region + REGION_LINK) != 0) continue;
    put32(region + REGION_STATE, REGION_UNREGISTERED);
  }
}

export function repairCgroups(): void {
  const last = end(CGROUP);
  for (let cgroup = base(CGROUP); cgroup < last; cgroup += CGROUP_STRIDE) {
    if (load32(cgroup + CGROUP_STATE) == CGROUP_ONLINE) store32(cgroup + CGROUP_LINK, 0);
  }
  for (let cgroup = base(CGROUP); cgroup < last; cgroup += CGROUP_STRIDE) {
    if (load32(cgroup + CGROUP_STATE) == CGROUP_ONLINE) markChildren(cgroup);
  }
  const root = load32(ARENA_ROOT);
  for (let cgroup = base(CGROUP); cgroup < last; cgroup += CGROUP_STRIDE) {
    if (load32(cgroup + CGROUP_STATE) != CGROUP_ONLINE || cgroup == root) continue;
    if (load32(cgroup + CGROUP_LINK) != 0) complete(cgroup);
    else put32(cgroup + CGROUP_STATE, CGROUP_REMOVED);
  }
}

function markChildren(cgroup: Address): void {
  let previous: Address = 0;
  for (let child = load32(cgroup + CGROUP_FIRST_CHILD); child != 0; child = load32(child + CGROUP_NEXT)) {
    store32(child + CGROUP_LINK, 1);
    store32(child + CGROUP_PREVIOUS, previous);
    previous = child;
  }
  store32(cgroup + CGROUP_LAST_CHILD, previous);
}

/** A cgroup that is among its parent's children has its name and what its parent hands on. */
function complete(cgroup: Address): void {
  if (!isEntered(cgroup)) enter(cgroup);
  const delegated = (load32(load32(cgroup + CGROUP_PARENT) + CGROUP_FLAGS) & DELEGATES) != 0;
  if (((load32(cgroup + CGROUP_FLAGS) & CONTROLLED) != 0) != delegated) control(cgroup, delegated);
}

/** Counts anew how many records name each record. */
export function recount(): void {
  const lastCgroup = end(CGROUP);
  const lastRegion = end(REGION);
  const lastPool = end(POOL);
  for (let cgroup = base(CGROUP); cgroup < lastCgroup; cgroup += CGROUP_STRIDE) store32(cgroup + CGROUP_REFERENCES, 0);
  for (let region = base(REGION); region < lastRegion; region += REGION_STRIDE) store32(region + REGION_POOLS, 0);
  for (let pool = base(POOL); pool < lastPool; pool += POOL_STRIDE) store32(pool + POOL_CHILDREN, 0);
  for (let cgroup = base(CGROUP); cgroup < lastCgroup; cgroup += CGROUP_STRIDE) {
    const parent = load32(cgroup + CGROUP_PARENT);
    if (load32(cgroup + CGROUP_STATE) != CGROUP_FREE && parent != 0) count(parent + CGROUP_REFERENCES);
  }
  for (let pool = base(POOL); pool < lastPool; pool += POOL_STRIDE) {
    if ((load32(pool + POOL_STAMP) & LIVE) == 0) continue;
    const parent = load32(pool + POOL_PARENT);
    const cgroup = load32(pool + POOL_CGROUP);
    if (parent != 0) count(parent + POOL_CHILDREN);
    if (cgroup == 0) continue;
    count(cgroup + CGROUP_REFERENCES);
    count(addressOf(REGION, load16(pool + POOL_REGION)) + REGION_POOLS);
  }
}

function count(address: Address): void {
  store32(address, load32(address) + 1);
}

/** Frees removed cgroups and unregistered regions that nothing names any more. */
export function dropUnused(): void {
  const lastCgroup = end(CGROUP);
  for (let cgroup = base(CGROUP); cgroup < lastCgroup; cgroup += CGROUP_STRIDE) {
    if (load32(cgroup + CGROUP_STATE) != CGROUP_REMOVED || load32(cgroup + CGROUP_REFERENCES) != 0) continue;
    count(cgroup + CGROUP_REFERENCES);
    dropCgroup(cgroup);
  }
  const lastRegion = end(REGION);
  for (let region = base(REGION); region < lastRegion; region += REGION_STRIDE) {
    if (load32(region + REGION_STATE) != REGION_UNREGISTERED || load32(region + REGION_POOLS) != 0) continue;
    count(region + REGION_POOLS);
    dropRegion(region);
  }
}
