import type { BufferObject } from "./buffer-object.ts";

/** A device's buffers in order of creation, chained to each other: an entry takes up nothing but its two links. */
export class BufferList {
  #first: BufferObject | null = null;
  #last: BufferObject | null = null;

  *[Symbol.iterator](): Generator<BufferObject> {
    for (let bo = this.#first; bo !== null; bo = bo.next) yield bo;
  }

  append(bo: BufferObject): void {
    bo.previous = this.#last;
    if (this.#last === null) this.#first = bo;
    else this.#last.next = bo;
    this.#last = bo;
  }

  remove(bo: BufferObject): void {
    const { previous, next } = bo;
    if (previous === null) this.#first = next;
    else previous.next = next;
    if (next === null) this.#last = previous;
    else next.previous = previous;
    bo.previous = bo.next = null;
  }
}
