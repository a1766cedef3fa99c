import { isBytes, show } from "../core/bytes.ts";
import { type AllocationId, type AllocationTrace, MAX_EVENTS, TraceBuilder } from "./allocation-trace.ts";
import { unknownName } from "./nearest.ts";
import { TraceError } from "./trace-error.ts";

export const MAX_LINE_BYTES = 65_536;

const VERSION_FIELD = "dmemcg-trace";
const VERSION = 1;
const HEADER_FIELDS = [VERSION_FIELD, "name", "note", "movable", "events"];
const FIELDS = { alloc: ["op", "id", "bytes", "place", "us"], free: ["op", "id", "us"] };

export interface JsonlTrace {
  readonly trace: AllocationTrace;
  /** The tenant's name that the file proposes. */
  readonly name: string | null;
  /** Whether the file says that the tenant's memory can be moved to system memory. */
  readonly movable: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a trace in JSON Lines, a line at a time: a header, then one event a line. docs/TRACES.md has the fields.
 *
 * @param lines the lines without their newlines, in order
 * @throws {TraceError} naming file and line: no JSON, an unknown or missing field, a value out of range, an id that is
 *   allocated twice, a time that falls or is missing on some lines only, fewer or more events than the header says
 */
export function readJsonlTrace(lines: Iterable<string>, source: string): JsonlTrace {
  const reader = new JsonlReader(source);
  for (const line of lines) reader.line(line);
  return reader.finish();
}

class JsonlReader {
  readonly #source: string;
  readonly #builder = new TraceBuilder();
  #lineNumber = 0;
  #events = 0;
  #header: Fields | null = null;
  #hasTimes = false;
  #us = 0;

  constructor(source: string) {
    this.#source = source;
  }

  line(text: string): void {
    this.#lineNumber++;
    if (text.trim() === "") return;
    const fields = this.#parse(text);
    if (this.#header === null) this.#readHeader(fields);
    else this.#readEvent(fields);
  }

  finish(): JsonlTrace {
    const header = this.#header;
    if (header === null)
      throw new TraceError(`${this.#source}: empty; the first line must be a header: {"${VERSION_FIELD}":${VERSION}}`);
    const expected = header.events ?? this.#events;
    if (expected !== this.#events)
      this.#fail(`ends after ${this.#events} of ${expected} events: the file is truncated or its header is wrong`);
    const name = (header.name as string | undefined) ?? null;
    return { trace: this.#builder.build(this.#hasTimes), name, movable: header.movable === true };
  }

  #parse(text: string): Fields {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      return this.#fail(`not JSON: ${(error as Error).message}`);
    }
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
    return this.#fail("not a JSON object");
  }

  #readHeader(fields: Fields): void {
    if (fields[VERSION_FIELD] === undefined)
      this.#fail(`no header; the first line must be one: {"${VERSION_FIELD}":${VERSION}}`);
    this.#checkNames(fields, HEADER_FIELDS);
    if (fields[VERSION_FIELD] !== VERSION) this.#failValue(fields, VERSION_FIELD, `${VERSION}`);
    for (const name of ["name", "note"]) {
      if (fields[name] !== undefined && typeof fields[name] !== "string") this.#failValue(fields, name, "a text");
    }
    const { movable } = fields;
    if (movable !== undefined && typeof movable !== "boolean") this.#failValue(fields, "movable", "true or false");
    if (fields.events !== undefined && !isBytes(fields.events)) this.#failValue(fields, "events", "a whole number");
    this.#header = fields;
  }

  #readEvent(fields: Fields): void {
    if (++this.#events > MAX_EVENTS) this.#fail(`more than ${MAX_EVENTS} events, which is the limit`);
    const { op } = fields;
    if (op !== "alloc" && op !== "free") this.#failValue(fields, "op", '"alloc" or "free"');
    this.#checkNames(fields, FIELDS[op]);
    const id = this.#id(fields);
    const us = this.#time(fields);
    if (op === "free") this.#builder.free(id, us);
    else this.#allocate(id, fields, us);
  }

  #allocate(id: AllocationId, fields: Fields, us: number): void {
    const { bytes, place = "vram" } = fields;
    if (!isBytes(bytes)) this.#failValue(fields, "bytes", "whole bytes, 0 to 2^53-1");
    if (this.#builder.isLive(id))
      this.#fail(`id ${JSON.stringify(id).slice(0, 80)} is in use; allowed: an id that was freed, or a new one`);
    if (place === "vram") this.#builder.allocate(id, bytes, us);
    else if (place === "system") this.#builder.allocateInSystem(id, bytes, us);
    else this.#failValue(fields, "place", '"vram" or "system"');
  }

  #id(fields: Fields): AllocationId {
    const id = fields.id;
    if (typeof id === "string" || Number.isSafeInteger(id)) return id as AllocationId;
    return this.#failValue(fields, "id", "a text, or a whole number within ±(2^53-1)");
  }

  #time(fields: Fields): number {
    const us = fields.us;
    if (this.#events === 1) this.#hasTimes = us !== undefined;
    if (this.#hasTimes !== (us !== undefined)) this.#fail('"us" must be on every event or on none');
    if (us === undefined) return 0;
    if (typeof us !== "number" || us < 0 || us < this.#us)
      return this.#failValue(fields, "us", `microseconds, ${this.#us} or later`);
    this.#us = us;
    return us;
  }

  #checkNames(fields: Fields, allowed: readonly string[]): void {
    const unknown = Object.keys(fields).find((name) => !allowed.includes(name));
    if (unknown !== undefined) this.#fail(unknownName("field", unknown, allowed));
  }

  #failValue(fields: Fields, field: string, allowed: string): never {
    const value = fields[field];
    this.#fail(`"${field}" is ${value === undefined ? "missing" : show(value).slice(0, 80)}; allowed: ${allowed}`);
  }

  #fail(problem: string): never {
    throw new TraceError(`${this.#source}:${this.#lineNumber}: ${problem}`);
  }
}
