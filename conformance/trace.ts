import { BadInput, isObject, type Json, Operation } from "./operation.ts";
import type { Line, Scenario } from "./vectors.ts";

// Reads traces: one after the other, a `begin` line and the `op` lines that follow it; `eof` is the last line of all.
// test/fixtures/ttm-linux-7.3/FORMAT.md describes them. Here the first operation, `reset`, has what `begin` says.

/** The kind of every scenario in a trace. */
export const TRACE_KIND = "ttm";

export function isTrace(lines: readonly Line[]): boolean {
  return typeOf(lines[0]) === "begin";
}

export function readTrace(file: string, lines: readonly Line[]): Scenario[] {
  const last = lines.at(-1);
  if (typeOf(last) !== "eof") throw new BadInput(`${last?.place}: the trace breaks off here, without an end line.`);
  const begins = lines.flatMap((line, index) => (typeOf(line) === "begin" ? [index] : []));
  return begins.map((from, nth) => {
    const [begin, ...operations] = lines.slice(from, begins[nth + 1] ?? -1);
    return scenario(file, begin, operations);
  });
}

function scenario(file: string, begin: Line | undefined, lines: readonly Line[]): Scenario {
  const json = isObject(begin?.json) ? begin.json : {};
  const { name, family } = json;
  if (typeof name !== "string" || typeof family !== "string") {
    throw new BadInput(`${begin?.place}: a scenario without name or family.`);
  }
  const operations = lines.map((line, index) => operation(line, index, index === 0 ? json : {}));
  return { file, group: `family ${family}`, id: name, kind: TRACE_KIND, tags: [], operations };
}

function operation({ place, json }: Line, index: number, begin: Json): Operation {
  if (!isObject(json) || json.t !== "op" || json.i !== index || typeof json.op !== "string") {
    throw new BadInput(`${place}: not operation ${index} of its scenario.`);
  }
  const [op, ...words] = json.op.split(" ");
  return new Operation({ ...begin, ...json, op, words }, index, place);
}

function typeOf(line: Line | undefined): unknown {
  return isObject(line?.json) ? line.json.t : undefined;
}
