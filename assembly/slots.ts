// Slots: which records of a kind are in use. A kind's records lie side by side; those that were never used are zero and
// need no list, so that an arena of any size is ready at once. Freed records are chained through a word of their own.
//
// The structure lock is held by whoever allocates or releases. Reading an address from an id needs no lock.

import {
  ARENA_SLOTS,
  ARENA_VERSION,
  SLOTS_BASE,
  SLOTS_CAPACITY,
  SLOTS_END,
  SLOTS_FREE,
  SLOTS_LINK,
  SLOTS_SIZE,
  SLOTS_STRIDE,
  SLOTS_TOUCHED,
  SLOTS_USED,
} from "./abi";
import { Address, add32, load32, put32, store32 } from "./sync";

/** Word of the table entry of `kind`; base, end, stride, capacity and link never change after creation. */
export function word(kind: i32, offset: i32): Address {
  return ARENA_SLOTS + kind * SLOTS_SIZE + offset;
}

/** Whether `address` lies among the records of `kind`. */
export function contains(kind: i32, address: Address): bool {
  return address >= load<u32>(word(kind, SLOTS_BASE)) && address < load<u32>(word(kind, SLOTS_END));
}

/** Address of the first record of `kind`. */
export function base(kind: i32): Address {
  return load<u32>(word(kind, SLOTS_BASE));
}

/** Address behind the last record of `kind` that was ever used. */
export function end(kind: i32): Address {
  return base(kind) + load32(word(kind, SLOTS_TOUCHED)) * load<u32>(word(kind, SLOTS_STRIDE));
}

/** The record that has this id, or 0 if no such record was ever used. Ids begin at 1. */
export function addressOf(kind: i32, id: u32): Address {
  if (id - 1 >= load32(word(kind, SLOTS_TOUCHED))) return 0;
  return base(kind) + (id - 1) * load<u32>(word(kind, SLOTS_STRIDE));
}

export function idOf(kind: i32, address: Address): u32 {
  return (address - base(kind)) / load<u32>(word(kind, SLOTS_STRIDE)) + 1;
}

/** Records of `kind` that there is room for. */
export function capacity(kind: i32): u32 {
  return load<u32>(word(kind, SLOTS_CAPACITY));
}

/** Records of `kind` that are left. */
export function available(kind: i32): u32 {
  return capacity(kind) - load32(word(kind, SLOTS_USED));
}

/** The record that the `count`-th {@link allocate} from now on is going to take; 0: one that was never used. */
export function upcoming(kind: i32, count: u32): Address {
  let record: Address = load32(word(kind, SLOTS_FREE));
  while (record != 0 && --count != 0) record = load32(record + load<u32>(word(kind, SLOTS_LINK)));
  return record;
}

/** Takes a record, or 0 if none is left. Its contents are those of its last use. */
export function allocate(kind: i32): Address {
  if (available(kind) == 0) return 0;
  store32(word(kind, SLOTS_USED), load32(word(kind, SLOTS_USED)) + 1);
  const free = load32(word(kind, SLOTS_FREE));
  if (free != 0) {
    store32(word(kind, SLOTS_FREE), load32(free + load<u32>(word(kind, SLOTS_LINK))));
    return free;
  }
  const touched = load32(word(kind, SLOTS_TOUCHED));
  put32(word(kind, SLOTS_TOUCHED), touched + 1);
  return base(kind) + touched * load<u32>(word(kind, SLOTS_STRIDE));
}

/** Gives a record back. Whoever walks over links sees by the version that they may now lead elsewhere. */
export function release(kind: i32, address: Address): void {
  add32(ARENA_VERSION, 1);
  store32(address + load<u32>(word(kind, SLOTS_LINK)), load32(word(kind, SLOTS_FREE)));
  store32(word(kind, SLOTS_FREE), address);
  store32(word(kind, SLOTS_USED), load32(word(kind, SLOTS_USED)) - 1);
}
