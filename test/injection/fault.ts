/** Something that can be made to fail the nth time that it is done. */
export interface Fault {
  arm(nth: number): void;
  disarm(): void;
  /** Whether it has failed since it was armed. */
  readonly fired: boolean;
}

/** A fault that strikes in whatever asks it each time whether to fail: the nth time only, or from then on. */
export class CountedFault implements Fault {
  readonly #lasts: boolean;
  #left = 0;
  fired = false;

  constructor({ lasts = false } = {}) {
    this.#lasts = lasts;
  }

  arm(nth: number): void {
    this.#left = nth;
    this.fired = false;
  }

  disarm(): void {
    this.#left = 0;
  }

  strikes(): boolean {
    if (this.#left === 0) return false;
    if (this.#left > 1) {
      this.#left--;
      return false;
    }
    this.fired = true;
    if (!this.#lasts) this.#left = 0;
    return true;
  }

  /** Throws where it strikes: what no code of ours throws. */
  strike(what: string): void {
    if (this.strikes()) throw new Injected(what);
  }
}

export class Injected extends Error {
  constructor(what: string) {
    super(`${what} was made to fail.`);
    this.name = "Injected";
  }
}
