import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { TraceError } from "./trace-error.ts";

const CHUNK_BYTES = 1 << 16;
const NEWLINE = 0x0a;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file: a part of its path is not a directory",
  EACCES: "permission denied",
  EISDIR: "a directory; allowed: a file",
};

/**
 * A file that a user named, read a chunk at a time: nothing is read that nobody asked for, so that a pipe or a device
 * of any length is bounded by its reader.
 */
export class InputFile {
  readonly path: string;
  readonly #fd: number;
  #chunk: Uint8Array;

  /** @throws {TraceError} if there is no such file, or it cannot be read */
  constructor(path: string) {
    this.path = path;
    this.#fd = this.#orReason(() => openSync(path, "r"));
    if (fstatSync(this.#fd).isDirectory()) {
      this.close();
      throw new TraceError(`${path}: ${REASONS.EISDIR}`);
    }
    this.#chunk = this.#readChunk();
  }

  /** The first bytes, which tell the format: up to a chunk, empty if the file is. */
  get start(): Uint8Array {
    return this.#chunk;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** @throws {TraceError} if the file is longer than `limitBytes` */
  readAll(limitBytes: number): Buffer {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (; this.#chunk.length > 0; this.#chunk = this.#readChunk()) {
      length += this.#chunk.length;
      if (length > limitBytes)
        throw new TraceError(`${this.path}: longer than ${limitBytes} bytes, which is the limit for this kind of file`);
      chunks.push(this.#chunk);
    }
    return Buffer.concat(chunks, length);
  }

  /** The lines of the file as UTF-8, without their newlines. @throws {TraceError} on a longer line, or other bytes */
  *lines(limitBytes: number): Generator<string> {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    let rest: Uint8Array = new Uint8Array(0);
    let number = 1;
    const decode = (line: Uint8Array): string => {
      const place = `${this.path}:${number++}`;
      if (line.length > limitBytes)
        throw new TraceError(`${place}: a line of more than ${limitBytes} bytes, which is the limit`);
      try {
        return decoder.decode(line);
      } catch {
        throw new TraceError(`${place}: not UTF-8 text`);
      }
    };
    for (; this.#chunk.length > 0; this.#chunk = this.#readChunk()) {
      let bytes: Uint8Array = rest.length === 0 ? this.#chunk : Buffer.concat([rest, this.#chunk]);
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE)) {
        yield decode(bytes.subarray(0, end));
        bytes = bytes.subarray(end + 1);
      }
      rest = bytes;
      if (rest.length > limitBytes) decode(rest);
    }
    if (rest.length > 0) yield decode(rest);
  }

  #readChunk(): Uint8Array {
    const chunk = new Uint8Array(CHUNK_BYTES);
    return chunk.subarray(
      0,
      this.#orReason(() => readSync(this.#fd, chunk)),
    );
  }

  #orReason<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      throw new TraceError(`${this.path}: ${REASONS[code] ?? message}`);
    }
  }
}
