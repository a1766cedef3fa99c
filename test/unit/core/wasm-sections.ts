/** A section of a WebAssembly module. `globals` is empty but for the global section. */
export interface Section {
  readonly id: number;
  readonly globals: readonly { readonly mutable: boolean }[];
}

const GLOBALS = 6;
const HEADER_BYTES = 8;
const END = 0x0b;

/** Reads the sections of a module. (WebAssembly Core Specification, chapter 5.5) */
export function sectionsOf(bytes: Uint8Array): Section[] {
  const sections: Section[] = [];
  const reader = new Reader(bytes, HEADER_BYTES);
  while (reader.at < bytes.length) {
    const id = reader.byte();
    const size = reader.number();
    const content = new Reader(bytes, reader.at);
    sections.push({ id, globals: id === GLOBALS ? globalsOf(content) : [] });
    reader.at += size;
  }
  return sections;
}

function globalsOf(reader: Reader): { mutable: boolean }[] {
  return Array.from({ length: reader.number() }, () => {
    reader.byte(); // the type
    const mutable = reader.byte() === 1;
    reader.skipConstant();
    return { mutable };
  });
}

class Reader {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new Error("The module ends too early.");
    return byte;
  }

  /** LEB128. */
  number(): number {
    const byte = this.byte();
    return byte < 128 ? byte : byte - 128 + 128 * this.number();
  }

  /** A constant expression: one instruction and its operand. */
  skipConstant(): void {
    const instruction = this.byte();
    if (instruction === 0x43) this.at += 4;
    else if (instruction === 0x44) this.at += 8;
    else this.number();
    if (this.byte() !== END) throw new Error(`A constant of more than one instruction, at byte ${this.at}.`);
  }
}
