import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";

// Reads golden vectors: one JSON object a line, a scenario each. test/fixtures/linux-7.3/FORMAT.md describes them.

/** A whole number in a vector: a JSON number up to 2^53-1, a decimal string above. */
export type Amount = number | string;
/** A pool in a vector: the ids of its cgroup and its region. */
export type PoolId = readonly [css: number, region: number];
export type Json = Readonly<Record<string, unknown>>;

export interface Scenario {
  readonly file: string;
  readonly id: string;
  readonly kind: string;
  readonly tags: readonly string[];
  readonly operations: readonly Operation[];
}

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

/** Reads every `*.jsonl` and `*.jsonl.gz` of a directory. */
export function readDirectory(path: string): Scenario[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new BadInput(`${path} is not a directory.`);
  const files = readdirSync(path).filter((file) => /\.jsonl(\.gz)?$/.test(file));
  if (files.length === 0) throw new BadInput(`${path} has no vectors: no *.jsonl and no *.jsonl.gz.`);
  return files.sort().flatMap((file) => readFile(join(path, file)));
}

function readFile(path: string): Scenario[] {
  const lines = unpacked(path).split("\n");
  return lines.flatMap((line, index) => (line.trim() === "" ? [] : [readLine(path, index + 1, line)]));
}

function unpacked(path: string): string {
  const bytes = readFileSync(path);
  if (!path.endsWith(".gz")) return bytes.toString();
  try {
    return gunzipSync(bytes).toString();
  } catch (error) {
    throw new BadInput(`${path} cannot be unpacked: ${error}.`);
  }
}

function readLine(path: string, line: number, text: string): Scenario {
  const place = `${path}, line ${line}`;
  const json = parsed(text, place);
  const { id, kind, tags = [], ops } = isObject(json) ? json : {};
  if (typeof id !== "string" || typeof kind !== "string" || !Array.isArray(tags) || !Array.isArray(ops)) {
    throw new BadInput(`${place}: not a scenario with id, kind, tags and ops.`);
  }
  const operations = ops.map((op, index) => new Operation(op, index, `${place} (${id})`));
  return { file: basename(path), id, kind, tags: tags.map(String), operations };
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadInput(`${place}: not JSON: ${error}.`);
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
