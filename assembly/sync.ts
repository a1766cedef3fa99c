// Every access to a word that more than one agent may touch. This is the only file with atomic instructions, and the
// only one that differs in the model build: there each access first asks an imported scheduler, so that a test can
// choose the interleaving.
//
// `load` and `store` are single plain accesses, aligned and so never torn, for words whose staleness is harmless.
// `get`, `put`, `add` and the rest are sequentially consistent.

/** Where a word or a record begins. Ids, indexes and counts are plain u32. */
export type Address = u32;

/** The scheduler of the model build. */
declare function modelStep(address: Address): void;

function step(address: Address): void {
  if (isDefined(MODEL)) modelStep(address);
}

export function load32(address: Address): u32 {
  step(address);
  return load<u32>(address);
}

export function store32(address: Address, value: u32): void {
  step(address);
  store<u32>(address, value);
}

export function load64(address: Address): u64 {
  step(address);
  return load<u64>(address);
}

export function store64(address: Address, value: u64): void {
  step(address);
  store<u64>(address, value);
}

export function get32(address: Address): u32 {
  step(address);
  return atomic.load<u32>(address);
}

export function put32(address: Address, value: u32): void {
  step(address);
  atomic.store<u32>(address, value);
}

export function get64(address: Address): u64 {
  step(address);
  return atomic.load<u64>(address);
}

export function put64(address: Address, value: u64): void {
  step(address);
  atomic.store<u64>(address, value);
}

/** Adds and returns the sum. */
export function add64(address: Address, amount: u64): u64 {
  step(address);
  return atomic.add<u64>(address, amount) + amount;
}

/** Subtracts and returns the difference. */
export function sub64(address: Address, amount: u64): u64 {
  step(address);
  return atomic.sub<u64>(address, amount) - amount;
}

export function add32(address: Address, amount: u32): u32 {
  step(address);
  return atomic.add<u32>(address, amount) + amount;
}

/** Replaces `expected` by `value` and returns what was there. */
export function replace32(address: Address, expected: u32, value: u32): u32 {
  step(address);
  return atomic.cmpxchg<u32>(address, expected, value);
}

/** Replaces `expected` by `value` and returns what was there. */
export function replace64(address: Address, expected: u64, value: u64): u64 {
  step(address);
  return atomic.cmpxchg<u64>(address, expected, value);
}

/** Wakes whoever sleeps on the word. Never sleeps itself: a main thread must not. */
export function wake(address: Address): void {
  atomic.notify(address, 1);
}

export function wakeAll(address: Address): void {
  atomic.notify(address, -1);
}
