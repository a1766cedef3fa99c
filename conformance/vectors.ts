import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { BadInput, isObject, Operation } from "./operation.ts";
import { isTrace, readTrace } from "./trace.ts";

// Reads golden vectors: one JSON object a line, a scenario each. test/fixtures/linux-7.3/FORMAT.md describes them.
// A file may be a trace instead, see trace.ts.

export interface Scenario {
  readonly file: string;
  /** The row of the report's table that counts it. */
  readonly group: string;
  readonly id: string;
  readonly kind: string;
  readonly tags: readonly string[];
  readonly operations: readonly Operation[];
}

/** A line of a file, and where it is. */
export interface Line {
  readonly place: string;
  readonly json: unknown;
}

/** Reads every `*.jsonl` and `*.jsonl.gz` of a directory. */
export function readDirectory(path: string): Scenario[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new BadInput(`${path} is not a directory.`);
  const files = readdirSync(path).filter((file) => /\.jsonl(\.gz)?$/.test(file));
  if (files.length === 0) throw new BadInput(`${path} has no vectors: no *.jsonl and no *.jsonl.gz.`);
  return files.sort().flatMap((file) => readFile(join(path, file)));
}

function readFile(path: string): Scenario[] {
  const texts = unpacked(path).split("\n");
  const lines = texts.flatMap((text, index) => {
    const place = `${path}, line ${index + 1}`;
    return text.trim() === "" ? [] : [{ place, json: parsed(text, place) }];
  });
  return isTrace(lines) ? readTrace(basename(path), lines) : lines.map((line) => readLine(basename(path), line));
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

function readLine(file: string, { place, json }: Line): Scenario {
  const { id, kind, tags = [], ops } = isObject(json) ? json : {};
  if (typeof id !== "string" || typeof kind !== "string" || !Array.isArray(tags) || !Array.isArray(ops)) {
    throw new BadInput(`${place}: not a scenario with id, kind, tags and ops.`);
  }
  const operations = ops.map((op, index) => new Operation(op, index, `${place} (${id})`));
  return { file, group: file, id, kind, tags: tags.map(String), operations };
}

function parsed(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadInput(`${place}: not JSON: ${error}.`);
  }
}
