const BITS_MIX = [0x9e3779b1, 0x85ebca6b] as const;

/**
 * The words of an arena, with a way back: every write is noted, so that the search can undo it, and two hashes of the
 * whole contents are kept up to date.
 */
export class Words {
  readonly memory: WebAssembly.Memory;
  readonly #words: Int32Array;
  /** Index and former value of each write, by turns. */
  #undo = new Int32Array(1024);
  #top = 0;
  hash0 = 0;
  hash1 = 0;

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.#words = new Int32Array(memory.buffer);
  }

  /** Where `rewind` comes back to. */
  mark(): number {
    return this.#top;
  }

  rewind(mark: number): void {
    while (this.#top > mark) {
      this.#top -= 2;
      this.#set(this.#undo[this.#top] as number, this.#undo[this.#top + 1] as number);
    }
  }

  /** A word of 8, 16, 32 or 64 bits; one of 64 as the signed number that it is. */
  read(address: number, bits: number): number {
    const word = this.#words[address >>> 2] as number;
    if (bits === 32) return word >>> 0;
    if (bits === 64) return (this.#words[(address >>> 2) + 1] as number) * 2 ** 32 + (word >>> 0);
    return (word >>> ((address & 3) << 3)) & (bits === 8 ? 0xff : 0xffff);
  }

  write(address: number, bits: number, value: number): void {
    const index = address >>> 2;
    if (bits === 32) this.#change(index, value | 0);
    else if (bits === 64) {
      this.#change(index, value | 0);
      this.#change(index + 1, Math.floor(value / 2 ** 32) | 0);
    } else {
      const shift = (address & 3) << 3;
      const mask = (bits === 8 ? 0xff : 0xffff) << shift;
      this.#change(index, ((this.#words[index] as number) & ~mask) | ((value << shift) & mask));
    }
  }

  #change(index: number, value: number): void {
    const before = this.#words[index] as number;
    if (before === value) return;
    if (this.#top === this.#undo.length) this.#grow();
    this.#undo[this.#top++] = index;
    this.#undo[this.#top++] = before;
    this.#set(index, value);
  }

  #set(index: number, value: number): void {
    const before = this.#words[index] as number;
    this.hash0 ^= mix(index, before, BITS_MIX[0]) ^ mix(index, value, BITS_MIX[0]);
    this.hash1 ^= mix(index, before, BITS_MIX[1]) ^ mix(index, value, BITS_MIX[1]);
    this.#words[index] = value;
  }

  #grow(): void {
    const longer = new Int32Array(this.#undo.length * 2);
    longer.set(this.#undo);
    this.#undo = longer;
  }
}

/** Two numbers of 32 bits and a seed, to one. */
export function mix(left: number, right: number, seed: number): number {
  let hash = Math.imul(left ^ seed, 0xcc9e2d51);
  hash = Math.imul(hash ^ (hash >>> 15) ^ right, 0x1b873593);
  hash = Math.imul(hash ^ (hash >>> 13), seed);
  return hash ^ (hash >>> 16);
}
