// The same counters without a library: as plain objects of one thread, and by JavaScript's own Atomics.

export interface ObjectCounter {
  usage: number;
  max: number;
  peak: number;
  parent: ObjectCounter | null;
}

export function objectCounters(parents: Int32Array): readonly ObjectCounter[] {
  const counters: ObjectCounter[] = [];
  for (const parent of parents) counters.push({ usage: 0, max: 2 ** 51, peak: 0, parent: counters[parent] ?? null });
  return counters;
}

export function tryCharge(leaf: ObjectCounter, bytes: number): boolean {
  for (let counter: ObjectCounter | null = leaf; counter !== null; counter = counter.parent) {
    counter.usage += bytes;
    if (counter.usage > counter.max) {
      for (let below: ObjectCounter | null = leaf; below !== counter.parent; below = below?.parent ?? null) {
        if (below !== null) below.usage -= bytes;
      }
      return false;
    }
    if (counter.usage > counter.peak) counter.peak = counter.usage;
  }
  return true;
}

export function uncharge(leaf: ObjectCounter, bytes: number): void {
  for (let counter: ObjectCounter | null = leaf; counter !== null; counter = counter.parent) counter.usage -= bytes;
}

/** Usage of one level every 64 bytes, the leaf's last. */
export class AtomicsCounters {
  readonly usage: BigInt64Array;
  readonly #max = 2n ** 51n;

  constructor(levels: number) {
    this.usage = new BigInt64Array(new SharedArrayBuffer(levels * 64));
  }

  tryCharge(depth: number, bytes: bigint): boolean {
    for (let level = depth - 1; level >= 0; level--) {
      if (Atomics.add(this.usage, level * 8, bytes) + bytes > this.#max) throw new Error("The counter is full.");
    }
    return true;
  }

  uncharge(depth: number, bytes: bigint): void {
    for (let level = depth - 1; level >= 0; level--) Atomics.sub(this.usage, level * 8, bytes);
  }
}
