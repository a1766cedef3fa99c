import { type Operation, written } from "./operation.ts";
import type { Kind, Observed } from "./replay.ts";
import { answer, type Subject } from "./subject.ts";

// Replays the kind `memparse`: number parsing, which has no state.

type Parsers = Pick<Subject, "memparse" | "parseCounter" | "parseLimit">;
type Play = (subject: Parsers, operation: Operation) => Observed;

const OPERATIONS: Readonly<Record<string, Play>> = {
  memparse: (subject, operation) => {
    const { value, end } = subject.memparse(text(operation));
    return { exp: { value: written(value), end } };
  },
  page_counter_memparse: (subject, operation) => {
    const pages = answer(() => subject.parseCounter(text(operation), operation.text("max")));
    return { exp: result("pages", pages) };
  },
  dmem_parse_limit: (subject, operation) => ({
    exp: result(
      "value",
      answer(() => subject.parseLimit(text(operation))),
    ),
  }),
};

export function memparseKind(subject: Parsers): Kind {
  const play = (operation: Operation) => OPERATIONS[operation.name]?.(subject, operation) ?? {};
  return {
    operations: Object.keys(OPERATIONS),
    answers: ["exp"],
    open: () => ({ play, difference: () => null, close: () => {} }),
  };
}

function text(operation: Operation): Uint8Array {
  return Buffer.from(operation.text("s"), "latin1");
}

function result(name: string, value: bigint | number): Observed {
  return typeof value === "bigint" ? { ret: 0, [name]: written(value) } : { ret: value };
}
