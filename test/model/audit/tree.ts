import {
  ARENA_FIRST_REGION,
  ARENA_LAST_REGION,
  ARENA_ROOT,
  CGROUP,
  CGROUP_FIRST_CHILD,
  CGROUP_FIRST_POOL,
  CGROUP_FLAGS,
  CGROUP_LAST_CHILD,
  CGROUP_NEXT,
  CGROUP_ONLINE,
  CGROUP_PARENT,
  CGROUP_PREVIOUS,
  CGROUP_REFERENCES,
  CGROUP_STATE,
  CONTROLLED,
  DELEGATES,
  DETACHED,
  LISTED,
  OFFLINE,
  POOL,
  POOL_CGROUP,
  POOL_CHILDREN,
  POOL_FIRST_PROTECTED,
  POOL_FLAGS,
  POOL_LINK,
  POOL_LOW,
  POOL_MIN,
  POOL_NEXT_PROTECTED,
  POOL_PARENT,
  POOL_PREVIOUS_PROTECTED,
  POOL_REGION,
  POOL_STAMP,
  REGION,
  REGION_NEXT,
  REGION_POOLS,
  REGION_PREVIOUS,
  REGION_REGISTERED,
  REGION_STATE,
} from "../../../assembly/abi.ts";
import { type Records, same } from "./records.ts";

/** Whether cgroups, regions and pools hang together as they say. */
export function* auditTree(records: Records): Generator<string> {
  yield* auditRegions(records);
  for (const cgroup of records.used(CGROUP)) yield* auditCgroup(records, cgroup);
  for (const pool of records.used(POOL)) yield* auditPool(records, pool);
}

function* auditRegions(records: Records): Generator<string> {
  const word = (address: number) => records.word(address);
  const listed = records.list(word(ARENA_FIRST_REGION), REGION_NEXT);
  const registered = records.used(REGION).filter((region) => word(region + REGION_STATE) === REGION_REGISTERED);
  if (!same(listed, registered)) yield `regions in the list: ${listed}, registered: ${registered}`;
  yield* auditLinks(records, listed, { previous: REGION_PREVIOUS, last: ARENA_LAST_REGION, name: "regions" });
  for (const region of records.used(REGION)) {
    const index = records.all(REGION).indexOf(region) + 1;
    const pools = records.used(POOL).filter((pool) => records.short(pool + POOL_REGION) === index);
    const count = word(region + REGION_POOLS);
    if (count !== pools.length) yield `region ${region} counts ${count} pools, there are ${pools.length}`;
    if (!registered.includes(region) && count === 0) yield `region ${region} is kept for nothing`;
  }
}

function* auditCgroup(records: Records, cgroup: number): Generator<string> {
  const word = (address: number) => records.word(address);
  const isOnline = word(cgroup + CGROUP_STATE) === CGROUP_ONLINE;
  const below = records.used(CGROUP).filter((other) => word(other + CGROUP_PARENT) === cgroup);
  const pools = records.used(POOL).filter((pool) => word(pool + POOL_CGROUP) === cgroup);
  const references = word(cgroup + CGROUP_REFERENCES);
  if (references !== below.length + pools.length) {
    yield `cgroup ${cgroup} counts ${references} references, there are ${below.length} groups and ${pools.length} pools`;
  }
  if (!isOnline && references === 0) yield `cgroup ${cgroup} is kept for nothing`;
  const children = isOnline ? records.list(word(cgroup + CGROUP_FIRST_CHILD), CGROUP_NEXT) : [];
  const online = below.filter((other) => word(other + CGROUP_STATE) === CGROUP_ONLINE);
  if (!same(children, online)) yield `cgroup ${cgroup} lists children ${children}, there are ${online}`;
  if (isOnline) {
    const ends = { previous: CGROUP_PREVIOUS, last: cgroup + CGROUP_LAST_CHILD, name: `children of ${cgroup}` };
    yield* auditLinks(records, children, ends);
  }
  const hooked = isOnline ? records.list(word(cgroup + CGROUP_FIRST_POOL), POOL_LINK) : [];
  const serving = pools.filter((pool) => (word(pool + POOL_STAMP) & (OFFLINE | DETACHED)) === 0);
  if (!same(hooked, serving)) yield `cgroup ${cgroup} lists pools ${hooked}, there are ${serving}`;
  yield* auditDelegation(records, { cgroup, isOnline, hooked });
}

function* auditDelegation(
  records: Records,
  { cgroup, isOnline, hooked }: { cgroup: number; isOnline: boolean; hooked: readonly number[] },
): Generator<string> {
  const word = (address: number) => records.word(address);
  const isControlled = (word(cgroup + CGROUP_FLAGS) & CONTROLLED) !== 0;
  if (!isControlled && hooked.length > 0) yield `cgroup ${cgroup} has pools and no controller`;
  const parent = word(cgroup + CGROUP_PARENT);
  if (!isOnline || cgroup === word(ARENA_ROOT)) return;
  if (isControlled !== ((word(parent + CGROUP_FLAGS) & DELEGATES) !== 0)) {
    yield `cgroup ${cgroup} has not what its parent hands on`;
  }
}

function* auditPool(records: Records, pool: number): Generator<string> {
  const word = (address: number) => records.word(address);
  const children = records.used(POOL).filter((other) => word(other + POOL_PARENT) === pool);
  const count = word(pool + POOL_CHILDREN);
  if (count !== children.length) yield `pool ${pool} counts ${count} children, there are ${children.length}`;
  const listed = records.list(word(pool + POOL_FIRST_PROTECTED), POOL_NEXT_PROTECTED);
  yield* auditLinks(records, listed, { previous: POOL_PREVIOUS_PROTECTED, last: null, name: `protected of ${pool}` });
  const marked = children.filter((child) => (records.short(child + POOL_FLAGS) & LISTED) !== 0);
  if (!same(listed, marked)) yield `pool ${pool} lists protected children ${listed}, marked are ${marked}`;
  for (const child of children) {
    const isProtected = records.long(child + POOL_MIN) + records.long(child + POOL_LOW) > 0;
    if (isProtected && !listed.includes(child)) yield `protected pool ${child} is not in its parent's list`;
  }
}

function* auditLinks(
  records: Records,
  list: readonly number[],
  { previous, last, name }: { previous: number; last: number | null; name: string },
): Generator<string> {
  for (const [index, record] of list.entries()) {
    const before = index === 0 ? 0 : list[index - 1];
    if (records.word(record + previous) !== before) yield `${name}: ${record} is linked backward to another`;
  }
  if (last !== null && records.word(last) !== (list.at(-1) ?? 0)) yield `${name}: the last is another`;
}
