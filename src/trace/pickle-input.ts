import { TraceError } from "./trace-error.ts";

const NEWLINE = 0x0a;

/**
 * The bytes of a pickle, read from front to back. Never reads past the end: every length is checked against what is
 * left.
 */
export class PickleInput {
  /** Offset of the opcode that is being carried out, for error texts. */
  #opcodeAt = 0;
  #offset = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #source: string;

  constructor(bytes: Uint8Array, source: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#source = source;
  }

  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  opcode(): number {
    this.#opcodeAt = this.#offset;
    return this.u8();
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** An unsigned 64-bit number; above 2^53 it is rounded, which is exact enough to find that it is too long. */
  u64(): number {
    return this.u32() + this.u32() * 2 ** 32;
  }

  /** Big-endian, unlike everything else in a pickle. */
  f64(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** The next `length` bytes: a view, not a copy. */
  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** The text up to the next newline, one character a byte. */
  line(): string {
    const end = this.#bytes.indexOf(NEWLINE, this.#offset);
    if (end < 0) this.fail("the file ends within a line: it is truncated");
    const text = Buffer.from(this.take(end - this.#offset)).toString("latin1");
    this.#advance(1);
    return text;
  }

  fail(problem: string): never {
    throw new TraceError(`${this.#source}: byte ${this.#opcodeAt}: ${problem}`);
  }

  #advance(length: number): number {
    if (length > this.left) {
      this.fail(
        `${length} more bytes are needed where ${this.left} are left: the file is truncated or its lengths are wrong`,
      );
    }
    const start = this.#offset;
    this.#offset += length;
    return start;
  }
}
