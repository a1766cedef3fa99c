// What golden vectors are made of: operations, and the words and numbers in them.

/** A whole number in a vector: a JSON number up to 2^53-1, a decimal string above. */
export type Amount = number | string;
/** A pool in a vector: the ids of its cgroup and its region. */
export type PoolId = readonly [css: number, region: number];
export type Json = Readonly<Record<string, unknown>>;

/** The vectors, or what asks for them, are not as they should be. Says where. */
export class BadInput extends Error {
  override readonly name = "BadInput";
}

/** Writes `amount` as a vector does. */
export function written(amount: bigint): Amount {
  return amount <= Number.MAX_SAFE_INTEGER ? Number(amount) : String(amount);
}

/** One operation of a scenario. Arguments are checked when they are asked for; a bad one is `BadInput`. */
export class Operation {
  readonly index: number;
  readonly name: string;
  readonly json: Json;
  readonly #place: string;

  constructor(json: unknown, index: number, place: string) {
    this.#place = `${place}, operation ${index}`;
    if (!isObject(json) || typeof json.op !== "string") throw new BadInput(`${this.#place}: has no name.`);
    this.index = index;
    this.name = json.op;
    this.json = json;
  }

  amount(key: string): bigint {
    const value = this.json[key];
    if (Number.isSafeInteger(value) && Number(value) >= 0) return BigInt(Number(value));
    if (typeof value === "string" && /^[0-9]{1,20}$/.test(value)) return BigInt(value);
    return this.refuse(key, "a whole number");
  }

  id(key: string): number {
    const value = this.json[key];
    return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : this.refuse(key, "an id");
  }

  idOrNull(key: string): number | null {
    return this.json[key] === null ? null : this.id(key);
  }

  text(key: string): string {
    const value = this.json[key];
    return typeof value === "string" ? value : this.refuse(key, "a text");
  }

  flag(key: string, otherwise?: boolean): boolean {
    const value = this.json[key] ?? otherwise;
    return typeof value === "boolean" ? value : this.refuse(key, "true or false");
  }

  poolOrNull(key: string): PoolId | null {
    const value = this.json[key];
    if (value === null) return null;
    if (!Array.isArray(value) || value.length !== 2) return this.refuse(key, "a pool or null");
    return [Number(value[0]), Number(value[1])];
  }

  /** One of the words behind the name, in a trace. */
  word(index: number): string {
    return this.list("words", isText)[index] ?? this.missing(`word ${index + 1} behind the name`);
  }

  /** A word that is a whole number. */
  number(index: number): number {
    const word = this.word(index);
    const whole = /^[0-9]{1,16}$/.test(word) && Number.isSafeInteger(Number(word));
    return whole ? Number(word) : this.refuse(word, "a whole number");
  }

  list<T>(key: string, is: (value: unknown) => value is T): readonly T[] {
    const value = this.json[key] ?? [];
    return Array.isArray(value) && value.every(is) ? value : this.refuse(key, "a list of what it should list");
  }

  /** The objects that change, each with its new values. */
  changes(key: string): Readonly<Record<string, Readonly<Record<string, Amount>>>> {
    const value = this.json[key] ?? {};
    if (isObject(value) && Object.values(value).every(isState)) return value as never;
    return this.refuse(key, "a list of states");
  }

  /** What the operation refers to is not there. */
  missing(what: string): never {
    throw new BadInput(`${this.#place} (${this.name}): there is no ${what}.`);
  }

  /** An argument is not what it has to be. */
  refuse(key: string, wanted: string): never {
    throw new BadInput(`${this.#place} (${this.name}): "${key}" is not ${wanted}.`);
  }
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isState(value: unknown): value is Record<string, Amount> {
  return isObject(value) && Object.values(value).every((field) => ["number", "string"].includes(typeof field));
}
