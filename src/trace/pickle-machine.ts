import type { PickleInput } from "./pickle-input.ts";

/** What a pickle of plain data holds. A tuple is an array, a dict a `Map`: no key can reach a prototype. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleValue[]
  | Set<PickleValue>
  | Map<PickleValue, PickleValue>;

/** Bounds on what a pickle may make us do, whatever it says. */
export interface PickleLimits {
  /** Marks that may be open at once: containers within containers. */
  readonly depth: number;
  /** Rough bytes of memory that its values may take, so that 100 bytes of file cannot ask for gigabytes. */
  readonly memoryBytes: number;
}

// Rough sizes in V8, rounded up: they only have to keep the sum honest.
export const SLOT_BYTES = 16;
const ENTRY_BYTES = 80;
export const VALUE_BYTES = 32;
export const LIST_BYTES = 64;
export const DICT_BYTES = 256;

/** The state of the pickle virtual machine: a stack, the marks in it, and a memo. Carries out nothing by itself. */
export class PickleMachine {
  readonly input: PickleInput;
  readonly stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  readonly #limits: PickleLimits;
  #spentBytes = 0;

  constructor(input: PickleInput, limits: PickleLimits) {
    this.input = input;
    this.#limits = limits;
  }

  push(value: PickleValue, costBytes = 0): void {
    this.spend(costBytes + SLOT_BYTES);
    this.stack.push(value);
  }

  /** The topmost value above the innermost mark. */
  pop(): PickleValue {
    const top = this.top();
    this.stack.pop();
    this.#spentBytes -= SLOT_BYTES;
    return top;
  }

  top(): PickleValue {
    const top = this.stack.length > (this.#marks.at(-1) ?? 0) ? this.stack.at(-1) : undefined;
    return top === undefined ? this.input.fail("a value is missing on the stack") : top;
  }

  mark(): void {
    if (this.#marks.length >= this.#limits.depth) {
      this.input.fail(`values are nested more than ${this.#limits.depth} deep, which is the limit`);
    }
    this.#marks.push(this.stack.length);
  }

  /** Takes everything above the innermost mark, and the mark. */
  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) return this.input.fail("a mark is missing on the stack");
    const values = this.stack.splice(mark);
    this.#spentBytes -= values.length * SLOT_BYTES;
    return values;
  }

  remember(index: number): void {
    this.spend(ENTRY_BYTES);
    this.#memo.set(index, this.top());
  }

  rememberNext(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) this.input.fail(`memo ${index} was never set`);
    this.push(value);
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (!Array.isArray(list)) this.input.fail("items are appended to something that is not a list");
    this.spend(items.length * SLOT_BYTES);
    for (const item of items) list.push(item);
  }

  addToSet(items: readonly PickleValue[]): void {
    const set = this.top();
    if (!(set instanceof Set)) this.input.fail("items are added to something that is not a set");
    this.spend(items.length * ENTRY_BYTES);
    for (const item of items) set.add(item);
  }

  setItems(flat: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof Map)) this.input.fail("keys are set in something that is not a dict");
    if (flat.length % 2 !== 0) this.input.fail("a key has no value");
    this.spend((flat.length / 2) * ENTRY_BYTES);
    for (let i = 0; i < flat.length; i += 2) dict.set(flat[i] as PickleValue, flat[i + 1] as PickleValue);
  }

  /** The one value that is left at the end. */
  finish(): PickleValue {
    const value = this.pop();
    if (this.stack.length > 0 || this.#marks.length > 0) this.input.fail("values are left over at the end");
    if (this.input.left > 0) this.input.fail(`${this.input.left} bytes follow the end of the pickle`);
    return value;
  }

  spend(bytes: number): void {
    this.#spentBytes += bytes;
    if (this.#spentBytes <= this.#limits.memoryBytes) return;
    this.input.fail(`its values need more than the ${this.#limits.memoryBytes} bytes of memory that a pickle may take`);
  }
}
