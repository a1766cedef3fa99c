// Repair of pools: one that is in its cgroup's list serves; one that is in none is retired or detached.

import {
  CGROUP,
  CGROUP_FIRST_POOL,
  CGROUP_FLAGS,
  CGROUP_FREE,
  CGROUP_ONLINE,
  CGROUP_STATE,
  CGROUP_STRIDE,
  CONTROLLED,
  DETACHED,
  HOOKED,
  LISTED,
  LIVE,
  POOL,
  POOL_CGROUP,
  POOL_FIRST_PROTECTED,
  POOL_FLAGS,
  POOL_LINK,
  POOL_LOW,
  POOL_MIN,
  POOL_NEXT_PROTECTED,
  POOL_PREVIOUS_PROTECTED,
  POOL_REGION,
  POOL_STAMP,
  POOL_STRIDE,
  REGION,
  REGION_REGISTERED,
  REGION_STATE,
} from "./abi";
import { list, retire, unhook } from "./pool";
import { addressOf, base, end } from "./slots";
import { Address, load16, load32, load64, put32, store16, store32 } from "./sync";

export function repairPools(): void {
  const last = end(POOL);
  for (let pool = base(POOL); pool < last; pool += POOL_STRIDE) clearFlags(pool, LISTED | HOOKED);
  const lastCgroup = end(CGROUP);
  for (let cgroup = base(CGROUP); cgroup < lastCgroup; cgroup += CGROUP_STRIDE) {
    if (load32(cgroup + CGROUP_STATE) != CGROUP_FREE) markPools(cgroup);
  }
  for (let pool = base(POOL); pool < last; pool += POOL_STRIDE) {
    if ((load32(pool + POOL_STAMP) & LIVE) == 0) continue;
    if (load32(pool + POOL_CGROUP) != 0) completeRetirement(pool);
    markProtected(pool);
  }
  for (let pool = base(POOL); pool < last; pool += POOL_STRIDE) {
    if ((load32(pool + POOL_STAMP) & LIVE) == 0 || (load64(pool + POOL_MIN) | load64(pool + POOL_LOW)) == 0) continue;
    list(pool);
  }
}

function clearFlags(pool: Address, flags: i32): void {
  store16(pool + POOL_FLAGS, load16(pool + POOL_FLAGS) & ~flags);
}

/** The pools of a cgroup without state are retired, all of them. */
function markPools(cgroup: Address): void {
  const isOnline = load32(cgroup + CGROUP_STATE) == CGROUP_ONLINE;
  if (!isOnline || (load32(cgroup + CGROUP_FLAGS) & CONTROLLED) == 0) put32(cgroup + CGROUP_FIRST_POOL, 0);
  for (let pool = load32(cgroup + CGROUP_FIRST_POOL); pool != 0; pool = load32(pool + POOL_LINK)) {
    store16(pool + POOL_FLAGS, load16(pool + POOL_FLAGS) | HOOKED);
  }
}

function completeRetirement(pool: Address): void {
  const region = addressOf(REGION, load16(pool + POOL_REGION));
  if (load32(region + REGION_STATE) != REGION_REGISTERED) {
    if ((load16(pool + POOL_FLAGS) & HOOKED) != 0) unhook(pool);
    put32(pool + POOL_STAMP, load32(pool + POOL_STAMP) | DETACHED);
  } else if ((load16(pool + POOL_FLAGS) & HOOKED) == 0) retire(pool);
  clearFlags(pool, HOOKED);
}

/** The list of protected children, by its links forward. */
function markProtected(pool: Address): void {
  let previous: Address = 0;
  for (let child = load32(pool + POOL_FIRST_PROTECTED); child != 0; child = load32(child + POOL_NEXT_PROTECTED)) {
    store16(child + POOL_FLAGS, load16(child + POOL_FLAGS) | LISTED);
    store32(child + POOL_PREVIOUS_PROTECTED, previous);
    previous = child;
  }
}
