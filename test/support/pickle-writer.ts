type Writable = null | boolean | number | bigint | string | readonly Writable[] | { readonly [key: string]: Writable };

/** Writes plain data as a pickle, protocol 2 or so, for tests: arrays as lists, objects as dicts. */
export function pickleOf(value: unknown): Buffer {
  return Buffer.concat([Buffer.of(0x80, 4), encode(value as Writable), Buffer.from(".")]);
}

function encode(value: Writable): Buffer {
  if (value === null) return Buffer.from("N");
  if (typeof value === "boolean") return Buffer.of(value ? 0x88 : 0x89);
  if (typeof value === "string")
    return Buffer.concat([Buffer.from("X"), u32(Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === "bigint" || Number.isInteger(value)) return long(BigInt(value as number | bigint));
  if (typeof value === "number") return float(value);
  if (Array.isArray(value)) return Buffer.concat([Buffer.from("]("), ...value.map(encode), Buffer.from("e")]);
  return Buffer.concat([Buffer.from("}("), ...Object.entries(value).flat().map(encode), Buffer.from("u")]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.write("G");
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** LONG1, always 16 bytes: two's complement, little-endian. */
function long(value: bigint): Buffer {
  const bytes = Buffer.alloc(18);
  bytes.set([0x8a, 16]);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value), 2);
  bytes.writeBigInt64LE(BigInt.asIntN(64, value >> 64n), 10);
  return bytes;
}
