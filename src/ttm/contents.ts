import { DmemError } from "../core/errors.ts";
import type { BufferObject } from "./buffer-object.ts";
import type { SwapFile } from "./managers/swap-file.ts";
import type { Move } from "./operation.ts";

/**
 * The contents of a device's buffers: bytes in this process wherever they are, except in memories that are swap files.
 *
 * Its {@link move} is a driver's, for a device whose own memory is this process's.
 */
export class Contents {
  readonly #files: ReadonlyMap<string, SwapFile>;
  readonly #bytes = new WeakMap<BufferObject, Uint8Array<ArrayBuffer>>();

  /** @param files the memories that are swap files, by name */
  constructor(files: Readonly<Record<string, SwapFile>> = {}) {
    this.#files = new Map(Object.entries(files));
  }

  /**
   * A buffer's contents, to be read and written in place. New ones are zero. Ask again after it was swapped out.
   *
   * @throws {DmemError} `EINVAL` if it is in a swap file, or nowhere: validate it into memory first
   */
  of(bo: BufferObject): Uint8Array<ArrayBuffer> {
    const bytes = bo.place === null ? undefined : this.#bytes.get(bo);
    if (bytes !== undefined) return bytes;
    throw new DmemError("EINVAL", `${bo} is ${bo.place === null ? "nowhere" : `in ${bo.place}`}, not in memory.`);
  }

  /** Has contents follow their buffer. */
  move({ bo, from, to, target }: Move): void {
    // Stryker disable next-line ConditionalExpression,LogicalOperator,BlockStatement: only memory for longer
    if (to === null || target === null) {
      this.#bytes.delete(bo);
      return;
    }
    const bytes = this.#current(bo, from);
    const file = this.#files.get(to);
    if (file === undefined) {
      this.#bytes.set(bo, bytes);
      return;
    }
    file.write(target, bytes);
    this.#bytes.delete(bo);
  }

  #current(bo: BufferObject, from: string | null): Uint8Array<ArrayBuffer> {
    const { allocation } = bo;
    if (allocation === null) return new Uint8Array(bo.size);
    return this.#files.get(from as string)?.read(allocation) ?? this.of(bo);
  }
}
