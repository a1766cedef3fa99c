import type { BufferObject } from "./buffer-object.ts";

/** Who waits for a buffer until nothing is being done with it. Few do: a buffer that nobody waits for has no entry. */
export class Waiters {
  readonly #waiting = new Map<BufferObject, (() => void)[]>();

  /** Settles when the buffer is called. */
  wait(bo: BufferObject): Promise<void> {
    return new Promise((wake) => {
      const others = this.#waiting.get(bo);
      if (others === undefined) this.#waiting.set(bo, [wake]);
      else others.push(wake);
    });
  }

  /** Wakes all that wait for it. */
  call(bo: BufferObject): void {
    const waiting = this.#waiting.get(bo);
    if (waiting === undefined) return;
    this.#waiting.delete(bo);
    for (const wake of waiting) wake();
  }
}
