import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { DmemError, Semantics } from "../../src/index.ts";
import { PageCounter } from "../../src/page-counter/index.ts";
import type { AnyCounter, Create } from "../contract/counter.ts";
import { ReferenceCounter } from "../reference/page-counter.ts";
import { runs, TIMEOUT_MS } from "./runs.ts";

const LARGEST = 2n ** 64n - 1n;

/** A counter's parent is the one at `above` modulo those before it; the first has none. */
interface Shape {
  readonly above: number;
  readonly trackFailures: boolean;
}

const AMOUNT_OPERATIONS = [
  "tryCharge",
  "charge",
  "uncharge",
  "cancel",
  "setMin",
  "setLow",
  "setHigh",
  "setMax",
] as const;

type Operation =
  | { readonly op: (typeof AMOUNT_OPERATIONS)[number]; readonly at: number; readonly amount: bigint }
  | { readonly op: "resetWatermark" | "resetLocalWatermark"; readonly at: number }
  | { readonly op: "calculateProtection"; readonly at: number; readonly up: number; readonly recursive: boolean };

const SEMANTICS: readonly Semantics[] = ["linux-7.3", "intended"];
/** Where a limit, a counter, a signed and an unsigned word end. */
const EDGES = [2n ** 51n - 1n, 2n ** 51n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, LARGEST];

const at = fc.nat(31);
const amount = fc.oneof(
  { weight: 12, arbitrary: fc.bigInt({ min: 0n, max: 100n }) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: LARGEST }) },
  { weight: 1, arbitrary: fc.constantFrom(...EDGES) },
);
const shape: fc.Arbitrary<Shape> = fc.record({ above: at, trackFailures: fc.boolean() });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ op: fc.constantFrom(...AMOUNT_OPERATIONS), at, amount }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom("resetWatermark", "resetLocalWatermark"), at }) },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant("calculateProtection"), at, up: fc.nat(4), recursive: fc.boolean() }),
  },
) as fc.Arbitrary<Operation>;

/** All of a tree have protection support or none, as with all of the kernel's own users. */
function plant(create: Create, shapes: readonly Shape[], protection: boolean): AnyCounter[] {
  const counters: AnyCounter[] = [];
  for (const { above, trackFailures } of shapes) {
    const options = { protection, trackFailures };
    counters.push(counters[above % counters.length]?.child(options) ?? create(options));
  }
  return counters;
}

/** What comes of an operation; counters are named by their number. */
function play(counters: readonly AnyCounter[], operation: Operation): unknown {
  const counter = counters[operation.at % counters.length];
  if (counter === undefined) return undefined;
  if (operation.op === "calculateProtection") {
    let root = counter;
    for (let level = 0; level < operation.up; level++) root = root.parent ?? root;
    return counter.calculateProtection(root, operation.recursive);
  }
  if (!("amount" in operation)) return counter[operation.op]();
  try {
    const answer = counter[operation.op](operation.amount);
    return Array.isArray(answer) ? answer.map((one) => counters.indexOf(one)) : answer && counters.indexOf(answer);
  } catch (error) {
    return (error as DmemError).code;
  }
}

function alike(semantics: Semantics): fc.IPropertyWithHooks<[readonly Shape[], boolean, readonly Operation[]]> {
  const shapes = fc.array(shape, { minLength: 1, maxLength: 8 });
  const operations = fc.array(operation, { maxLength: 60, size: "max" });
  return fc.property(shapes, fc.boolean(), operations, (shapes, protection, operations) => {
    const create: Create = (options) => PageCounter.create({ ...options, semantics, capacity: shapes.length }) as never;
    const counters = plant(create, shapes, protection);
    const plain: Create = (options) => ReferenceCounter.create({ ...options, semantics }) as never;
    const references = plant(plain, shapes, protection);
    for (const operation of operations) {
      expect(play(counters, operation)).toEqual(play(references, operation));
      expect(counters.map((counter) => counter.values())).toEqual(references.map((counter) => counter.values()));
    }
  });
}

describe.each(SEMANTICS)("in %s semantics", (semantics) => {
  test(
    "the page counter does what the plain reference does, whatever it is asked",
    () => {
      fc.assert(alike(semantics), runs(200));
    },
    TIMEOUT_MS,
  );

  // The canaries: a reference that is wrong in one place has to be found, or the test above means nothing.
  describe("a reference is found to be wrong whose", () => {
    afterEach(() => vi.restoreAllMocks());

    test.each([...AMOUNT_OPERATIONS, "resetWatermark", "resetLocalWatermark", "calculateProtection"] as const)(
      "%s does nothing",
      (method) => {
        vi.spyOn(ReferenceCounter.prototype, method).mockReturnValue(undefined as never);
        expect(() => fc.assert(alike(semantics), { numRuns: 100, endOnFailure: true })).toThrow("Property failed");
      },
    );
  });
});

test("a reference of the other semantics is found to be wrong", () => {
  const create = ReferenceCounter.create.bind(ReferenceCounter);
  vi.spyOn(ReferenceCounter, "create").mockImplementation((options) => create({ ...options, semantics: "linux-7.3" }));
  expect(() => fc.assert(alike("intended"), { numRuns: 100, endOnFailure: true })).toThrow("Property failed");
  vi.restoreAllMocks();
});
