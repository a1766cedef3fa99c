import { closeSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { type Bytes, MiB } from "../../core/bytes.ts";
import { DmemError, rangeError, typeError } from "../../core/errors.ts";
import { RangeManager } from "./range-manager.ts";
import { type Allocation, PAGE_BYTES, requireCapacity } from "./resource-manager.ts";

export interface SwapFileOptions {
  /** Its size in pages of 4,096 bytes, 1 to 2^41-1. */
  readonly pages: number;
  /** Whether closing it removes it. Default false. */
  readonly remove?: boolean;
}

/** What is read or written at once. */
const CHUNK_BYTES: Bytes = 16 * MiB;

/**
 * A file for contents that leave system memory: a manager that hands out its pages, and what writes and reads them.
 *
 * Nothing in it outlives the process that wrote it: what is where, nobody else knows.
 *
 * Concurrency: belongs to one thread. Cost: writing and reading wait for the disk.
 *
 * @example
 * ```ts
 * import { Dmem, MiB } from "dmemcg";
 * import { Contents, SwapFile, SystemManager, TtmDevice } from "dmemcg/ttm";
 *
 * using dmem = Dmem.create();
 * using file = SwapFile.open("contents.swap", { pages: 65536, remove: true });
 * const contents = new Contents({ swap: file });
 * using device = new TtmDevice({
 *   dmem,
 *   memories: { system: { manager: new SystemManager() }, swap: { manager: file } },
 *   driver: { move: (move) => contents.move(move), evictionPlacement: () => [{ type: "system" }] },
 * });
 * const bo = device.create({ size: MiB, owner: dmem.root, placement: [{ type: "system" }] });
 * contents.of(bo).fill(7);
 * device.swapOut(MiB, "system", "swap"); // least recently used first
 * bo.validate([{ type: "system" }]); // back again, as it was
 * ```
 */
export class SwapFile extends RangeManager {
  readonly path: string;
  readonly #remove: boolean;
  /** `null`: closed. */
  #descriptor: number | null;

  /**
   * Makes the file, which must not exist, and keeps others from reading it. It takes up space on disk as it fills.
   *
   * @throws {DmemError} `EINVAL` for a size that no manager can have
   * @throws what the file system says, for instance `EEXIST`; there is no new file then
   */
  static open(path: string, options: SwapFileOptions): SwapFile {
    requireCapacity(options?.pages);
    const descriptor = openSync(path, "wx+", 0o600);
    try {
      ftruncateSync(descriptor, options.pages * PAGE_BYTES);
      return new SwapFile(path, options, descriptor);
    } catch (error) {
      closeSync(descriptor);
      rmSync(path, { force: true });
      throw error;
    }
  }

  private constructor(path: string, { pages, remove = false }: SwapFileOptions, descriptor: number) {
    super(pages);
    this.path = path;
    this.#remove = remove;
    this.#descriptor = descriptor;
  }

  /**
   * Writes contents to their space.
   *
   * @param bytes as many as the allocation has
   * @throws {DmemError} `EINVAL` if the space is not (or no longer) this file's, or the file is closed
   * @throws {RangeError} `EINVAL` for another number of bytes
   * @throws what the file system says, for instance `ENOSPC`; what the space contained may be half overwritten then
   */
  write(allocation: Allocation, bytes: Uint8Array): void {
    const { descriptor, first, size } = this.#space(allocation);
    if (!(bytes instanceof Uint8Array)) throw typeError("Contents are a Uint8Array.");
    if (bytes.length !== size) throw rangeError(`This space takes ${size} bytes, not ${bytes.length}.`);
    eachChunk(size, (at, length) => writeSync(descriptor, bytes, at, length, first + at));
  }

  /**
   * Reads the contents of a space.
   *
   * @throws {DmemError} `EINVAL` as {@link write}; `EIO` if the file has become shorter
   */
  read(allocation: Allocation): Uint8Array<ArrayBuffer> {
    const { descriptor, first, size } = this.#space(allocation);
    const bytes = new Uint8Array(size);
    eachChunk(size, (at, length) => {
      const read = readSync(descriptor, bytes, at, length, first + at);
      if (read === 0) throw new DmemError("EIO", `${this.path} ends at ${first + at}, within what was written to it.`);
      return read;
    });
    return bytes;
  }

  /** Closes the file, and removes it if that was asked for. What is in it is lost. Does nothing the second time. */
  close(): void {
    if (this.#descriptor === null) return;
    closeSync(this.#descriptor);
    this.#descriptor = null;
    if (this.#remove) rmSync(this.path, { force: true });
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Where a space is in the file, in bytes. */
  #space(allocation: Allocation): { descriptor: number; first: Bytes; size: Bytes } {
    if (this.#descriptor === null) throw new DmemError("EINVAL", `${this.path} was closed.`);
    if (!this.holds(allocation)) {
      throw new DmemError("EINVAL", `${this.path} does not hold this space: it was freed, or another manager's.`);
    }
    const first = (allocation.start ?? 0) * PAGE_BYTES;
    return { descriptor: this.#descriptor, first, size: allocation.pages * PAGE_BYTES };
  }
}

/** Goes on until all is done: a call may do less than it was asked for. */
function eachChunk(size: Bytes, transfer: (at: Bytes, length: Bytes) => Bytes): void {
  for (let at = 0; at < size; ) at += transfer(at, Math.min(size - at, CHUNK_BYTES));
}
