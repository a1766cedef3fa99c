import fc from "fast-check";
import type { Limit } from "./model-pool.ts";

/** Numbers choose from what there is at that time, modulo how many that are. */
export type PoolOperation =
  | {
      readonly op: "tryCharge" | "charge" | "uncharge" | "handOver";
      readonly agent: number;
      readonly pool: number;
      readonly bytes: number;
    }
  | {
      readonly op: "limit";
      readonly agent: number;
      readonly pool: number;
      readonly limit: Limit;
      readonly bytes: number;
    };

/** What is asked about a pool as seen from the top, and then as seen from any other one. */
export type Questions = readonly ["belowMin" | "belowLow", "belowMin" | "belowLow"];

/** What agents may do. */
export type Operation =
  | PoolOperation
  | { readonly op: "mkdir"; readonly agent: number; readonly group: number; readonly name: string }
  | { readonly op: "rmdir"; readonly agent: number; readonly group: number }
  | { readonly op: "register"; readonly agent: number; readonly name: string }
  | { readonly op: "unregister"; readonly agent: number; readonly region: number }
  | { readonly op: "adopt"; readonly agent: number; readonly pool: number; readonly ticket: number }
  | {
      readonly op: "ask";
      readonly agent: number;
      readonly pool: number;
      readonly other: number;
      readonly ignoreLow: boolean;
    }
  | {
      readonly op: "askTwice";
      readonly agent: number;
      readonly pool: number;
      readonly other: number;
      readonly questions: Questions;
    }
  | { readonly op: "reattach"; readonly agent: number };

export const AGENTS = 2;

const agent = fc.nat(AGENTS - 1);
const index = fc.nat(63);
const bytes = fc.oneof(
  { weight: 20, arbitrary: fc.nat(40) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 51 - 1, 2 ** 51, 2 ** 53 - 1) },
);
const setting = fc.oneof(
  { weight: 10, arbitrary: fc.nat(60) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 51 - 2, 2 ** 52, 2 ** 53 - 1, Number.POSITIVE_INFINITY) },
);

const question = fc.constantFrom("belowMin", "belowLow");

function charging(op: "tryCharge" | "charge" | "uncharge" | "handOver"): fc.Arbitrary<Operation> {
  return fc.record({ op: fc.constant(op), agent, pool: index, bytes });
}

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant("mkdir"), agent, group: index, name: fc.constantFrom("a", "b") }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("rmdir"), agent, group: index }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant("register"), agent, name: fc.constantFrom("r", "r", "s", "r s") }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("unregister"), agent, region: index }) },
  { weight: 6, arbitrary: charging("tryCharge") },
  { weight: 3, arbitrary: charging("charge") },
  { weight: 5, arbitrary: charging("uncharge") },
  { weight: 2, arbitrary: charging("handOver") },
  { weight: 2, arbitrary: fc.record({ op: fc.constant("adopt"), agent, pool: index, ticket: index }) },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constant("limit"),
      agent,
      pool: index,
      limit: fc.constantFrom<Limit>("min", "low", "max"),
      bytes: setting,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant("ask"), agent, pool: index, other: index, ignoreLow: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      op: fc.constant("askTwice"),
      agent,
      pool: index,
      other: index,
      questions: fc.tuple(question, question),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant("reattach"), agent }) },
) as fc.Arbitrary<Operation>;

/** A tree to begin with, so that short sequences already have something to do. */
const BEGINNING: readonly Operation[] = [
  { op: "register", agent: 0, name: "r" },
  { op: "mkdir", agent: 0, group: 0, name: "a" },
  { op: "mkdir", agent: 1, group: 1, name: "a" },
  { op: "mkdir", agent: 0, group: 1, name: "b" },
];

export const operations = fc
  .array(operation, { maxLength: 80, size: "max" })
  .map((random): readonly Operation[] => [...BEGINNING, ...random]);
