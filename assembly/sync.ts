// Every access to a word that more than one agent may touch. This is the only file with atomic instructions, and the
// only one that differs in the model build: there each access is asked of an imported scheduler instead, so that a test
// can choose the interleaving, and take a step back.
//
// `load` and `store` are single plain accesses, aligned and so never torn, for words whose staleness is harmless.
// `get`, `put`, `add` and the rest are sequentially consistent.

import { ADD, GET, LOAD, PUT, REPLACE, STORE, SUBTRACT, WAKE } from "./access";

/** Where a word or a record begins. Ids, indexes and counts are plain u32. */
export type Address = u32;

/** The scheduler of the model build: does `what` to a word of `bits` bits. Amounts cross as doubles. */
declare function modelAccess(what: i32, bits: i32, address: Address, value: f64, expected: f64): f64;

function model(what: i32, bits: i32, address: Address, value: u64 = 0, expected: u64 = 0): u64 {
  return <u64>(<i64>modelAccess(what, bits, address, <f64>(<i64>value), <f64>(<i64>expected)));
}

export function load8(address: Address): u32 {
  if (isDefined(MODEL)) return <u32>model(LOAD, 8, address);
  return load<u8>(address);
}

export function store8(address: Address, value: u32): void {
  if (isDefined(MODEL)) model(STORE, 8, address, value);
  else store<u8>(address, <u8>value);
}

export function load16(address: Address): u32 {
  if (isDefined(MODEL)) return <u32>model(LOAD, 16, address);
  return load<u16>(address);
}

export function store16(address: Address, value: u32): void {
  if (isDefined(MODEL)) model(STORE, 16, address, value);
  else store<u16>(address, <u16>value);
}

export function load32(address: Address): u32 {
  if (isDefined(MODEL)) return <u32>model(LOAD, 32, address);
  return load<u32>(address);
}

export function store32(address: Address, value: u32): void {
  if (isDefined(MODEL)) model(STORE, 32, address, value);
  else store<u32>(address, value);
}

export function load64(address: Address): u64 {
  if (isDefined(MODEL)) return model(LOAD, 64, address);
  return load<u64>(address);
}

export function store64(address: Address, value: u64): void {
  if (isDefined(MODEL)) model(STORE, 64, address, value);
  else store<u64>(address, value);
}

export function get32(address: Address): u32 {
  if (isDefined(MODEL)) return <u32>model(GET, 32, address);
  return atomic.load<u32>(address);
}

export function put32(address: Address, value: u32): void {
  if (isDefined(MODEL)) model(PUT, 32, address, value);
  else atomic.store<u32>(address, value);
}

export function get64(address: Address): u64 {
  if (isDefined(MODEL)) return model(GET, 64, address);
  return atomic.load<u64>(address);
}

export function put64(address: Address, value: u64): void {
  if (isDefined(MODEL)) model(PUT, 64, address, value);
  else atomic.store<u64>(address, value);
}

/** Adds and returns the sum. */
export function add64(address: Address, amount: u64): u64 {
  if (isDefined(MODEL)) return model(ADD, 64, address, amount) + amount;
  return atomic.add<u64>(address, amount) + amount;
}

/** Subtracts and returns the difference. */
export function sub64(address: Address, amount: u64): u64 {
  if (isDefined(MODEL)) return model(SUBTRACT, 64, address, amount) - amount;
  return atomic.sub<u64>(address, amount) - amount;
}

export function add32(address: Address, amount: u32): u32 {
  if (isDefined(MODEL)) return <u32>model(ADD, 32, address, amount) + amount;
  return atomic.add<u32>(address, amount) + amount;
}

/** Replaces `expected` by `value` and returns what was there. */
export function replace32(address: Address, expected: u32, value: u32): u32 {
  if (isDefined(MODEL)) return <u32>model(REPLACE, 32, address, value, expected);
  return atomic.cmpxchg<u32>(address, expected, value);
}

/** Wakes whoever sleeps on the word. Never sleeps itself: a main thread must not. */
export function wake(address: Address): void {
  if (isDefined(MODEL)) model(WAKE, 32, address, 1);
  else atomic.notify(address, 1);
}

export function wakeAll(address: Address): void {
  if (isDefined(MODEL)) model(WAKE, 32, address, u32.MAX_VALUE);
  else atomic.notify(address, -1);
}

/** Bytes that nobody else writes: a record's that is not published yet, or the agent's own. */
export function copyBytes(target: Address, source: Address, length: u32): void {
  if (isDefined(MODEL)) for (let i: u32 = 0; i < length; i++) store8(target + i, load8(source + i));
  else memory.copy(target, source, length);
}

/** Whether two stretches are equal. Those of a record may be changing; who reads it must know. */
export function areEqual(left: Address, right: Address, length: u32): bool {
  if (!isDefined(MODEL)) return memory.compare(left, right, length) == 0;
  for (let i: u32 = 0; i < length; i++) if (load8(left + i) != load8(right + i)) return false;
  return true;
}
