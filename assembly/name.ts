// Names: bytes that the library lays down in the agent's record before it calls, and the index by which a child is
// found without walking over its siblings.

import {
  AGENT_NAME,
  ARENA_BUCKET_MASK,
  ARENA_BUCKETS,
  CGROUP,
  CGROUP_HASH,
  CGROUP_HASH_NEXT,
  CGROUP_NAME,
  CGROUP_NAME_LENGTH,
  CGROUP_PARENT,
} from "./abi";
import { capacity } from "./slots";
import { Address, areEqual, copyBytes, load8, load32, put32, store32 } from "./sync";

/** FNV-1a over the parent's address and the name. */
export function hashOf(parent: Address, name: Address, length: u32): u32 {
  let hash: u32 = 0x811c9dc5 ^ parent;
  for (let i: u32 = 0; i < length; i++) hash = (hash ^ load8(name + i)) * 0x01000193;
  return hash ^ (hash >>> 15);
}

function bucketOf(hash: u32): Address {
  return load<u32>(ARENA_BUCKETS) + ((hash & load<u32>(ARENA_BUCKET_MASK)) << 2);
}

/**
 * The child of `parent` with this name, or 0. Without the lock the answer holds only if no record was freed meanwhile.
 * Ends also in an arena that somebody has damaged.
 */
export function lookUp(parent: Address, name: Address, length: u32): Address {
  const hash = hashOf(parent, name, length);
  let cgroup = load32(bucketOf(hash));
  for (let left = capacity(CGROUP); cgroup != 0 && left != 0; left--) {
    if (
      load32(cgroup + CGROUP_HASH) == hash &&
      load32(cgroup + CGROUP_PARENT) == parent &&
      isNamed(cgroup, name, length)
    ) {
      return cgroup;
    }
    cgroup = load32(cgroup + CGROUP_HASH_NEXT);
  }
  return 0;
}

function isNamed(cgroup: Address, name: Address, length: u32): bool {
  return load32(cgroup + CGROUP_NAME_LENGTH) == length && areEqual(cgroup + CGROUP_NAME, name, length);
}

/** Whether it is published under its name. */
export function isEntered(cgroup: Address): bool {
  const length = load32(cgroup + CGROUP_NAME_LENGTH);
  return lookUp(load32(cgroup + CGROUP_PARENT), cgroup + CGROUP_NAME, length) == cgroup;
}

/** Publishes a finished cgroup under its name: one store. */
export function enter(cgroup: Address): void {
  const hash = hashOf(load32(cgroup + CGROUP_PARENT), cgroup + CGROUP_NAME, load32(cgroup + CGROUP_NAME_LENGTH));
  const bucket = bucketOf(hash);
  store32(cgroup + CGROUP_HASH, hash);
  store32(cgroup + CGROUP_HASH_NEXT, load32(bucket));
  put32(bucket, cgroup);
}

export function leave(cgroup: Address): void {
  let link = bucketOf(load32(cgroup + CGROUP_HASH));
  while (load32(link) != cgroup) link = load32(link) + CGROUP_HASH_NEXT;
  put32(link, load32(cgroup + CGROUP_HASH_NEXT));
}

/** Copies the name that `agent` laid down. */
export function takeName(agent: Address, target: Address, length: u32): void {
  copyBytes(target, agent + AGENT_NAME, length);
}
