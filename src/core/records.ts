import {
  ARENA_SLOTS,
  ARENA_VERSION,
  NAME_MAX,
  SLOTS_BASE,
  SLOTS_CAPACITY,
  SLOTS_SIZE,
  SLOTS_STRIDE,
} from "../../assembly/abi.ts";
import { damaged } from "./errors.ts";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * An arena's records as anybody may read them while others write. If somebody has written there by other means than
 * this library, a link that leads nowhere, or a list without an end, is an `EIO`.
 */
export class Records {
  readonly memory: WebAssembly.Memory;
  /** The memory as 32-bit words, for who knows what a plain access to one of them means. */
  readonly words: Int32Array;
  readonly #longs: BigUint64Array;
  readonly #bytes: Uint8Array;

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
    this.words = new Int32Array(memory.buffer);
    this.#longs = new BigUint64Array(memory.buffer);
    this.#bytes = new Uint8Array(memory.buffer);
  }

  word(address: number): number {
    const at = address >>> 2;
    if (at >= this.words.length) throw damaged("A link leads out of it.");
    return Atomics.load(this.words, at) >>> 0;
  }

  /** A 64-bit word, exactly. */
  long(address: number): bigint {
    const at = address >>> 3;
    if (at >= this.#longs.length) throw damaged("A link leads out of it.");
    return Atomics.load(this.#longs, at);
  }

  /** The name at `address`, whose length is in a word of its own. */
  name(address: number, lengthAddress: number): string {
    const length = this.word(lengthAddress);
    if (length > NAME_MAX) throw damaged(`A name in it has ${length} bytes.`);
    return decoder.decode(this.#bytes.slice(address, address + length));
  }

  /** Writes bytes that belong to this agent. */
  protected lay(bytes: Uint8Array, address: number): void {
    this.#bytes.set(bytes, address);
  }

  /** Where the record of this kind and id is. Ids begin at 1. */
  addressOf(kind: number, id: number): number {
    const entry = ARENA_SLOTS + kind * SLOTS_SIZE;
    return this.word(entry + SLOTS_BASE) + (id - 1) * this.word(entry + SLOTS_STRIDE);
  }

  capacityOf(kind: number): number {
    return this.word(ARENA_SLOTS + kind * SLOTS_SIZE + SLOTS_CAPACITY);
  }

  /** The id of the record at `address`. */
  idOf(kind: number, address: number): number {
    const entry = ARENA_SLOTS + kind * SLOTS_SIZE;
    const id = (address - this.word(entry + SLOTS_BASE)) / this.word(entry + SLOTS_STRIDE) + 1;
    if (!Number.isInteger(id) || id < 1 || id > this.capacityOf(kind)) throw damaged("A link leads to no record.");
    return id;
  }

  /** The ids in a list: where its first link is, and each record's next one. Unfinished if it changes too quickly. */
  list(kind: number, first: number, next: number): number[] {
    const [version, most] = [this.word(ARENA_VERSION), this.capacityOf(kind)];
    const ids: number[] = [];
    for (let address = this.word(first); address !== 0; address = this.word(address + next)) {
      if (ids.length === most) {
        if (this.word(ARENA_VERSION) === version) throw damaged("A list in it goes in a circle.");
        break;
      }
      ids.push(this.idOf(kind, address));
    }
    return ids;
  }
}
