import type { Amount, Operation } from "./operation.ts";

/** The fields of a counter, as the vectors name them. */
export type State = Readonly<Record<string, Amount>>;
export type States = ReadonlyMap<string, State>;

/** What the vectors tell of every object there is: the initial values, changed after each operation. */
export class ExpectedStates {
  readonly #initial: State;
  readonly #ignored: ReadonlySet<string>;
  readonly #objects = new Map<string, State>();

  /** `initial` has every field that is compared; `ignored` names the others. */
  constructor(initial: State, ignored: readonly string[] = []) {
    this.#initial = initial;
    this.#ignored = new Set(ignored);
  }

  /** A new object, or one that starts again. */
  add(key: string): void {
    this.#objects.set(key, this.#initial);
  }

  /**
   * Applies the new values that an operation lists under `list`; an object that is new starts from the initial ones.
   */
  change(operation: Operation, list: string): void {
    for (const [key, fields] of Object.entries(operation.changes(list))) {
      const compared = Object.entries(fields).filter(([field]) => !this.#ignored.has(field));
      if (!compared.every(([field]) => field in this.#initial)) operation.refuse(list, "made of fields that there are");
      this.#objects.set(key, { ...(this.#objects.get(key) ?? this.#initial), ...Object.fromEntries(compared) });
    }
  }

  remove(keys: Iterable<string>): void {
    for (const key of keys) this.#objects.delete(key);
  }

  /** Says how `actual` differs, object by object, or `null`. */
  difference(actual: States, mayBeAbsent: (key: string, state: State) => boolean = () => false): string | null {
    const keys = new Set([...this.#objects.keys(), ...actual.keys()]);
    const found = [...keys].map((key) => [key, this.#objects.get(key), actual.get(key)] as const);
    const different = found.flatMap(([key, expected, got]) => {
      if (expected === undefined) return [`${key} should not be there`];
      if (got === undefined) return mayBeAbsent(key, expected) ? [] : [`${key} is missing`];
      return Object.keys(expected)
        .filter((field) => expected[field] !== got[field])
        .map((field) => `${field} of ${key}: expected ${expected[field]}, got ${got[field]}`);
    });
    return different.length === 0 ? null : different.join("; ");
  }
}
