import { type Operation, written } from "./operation.ts";
import type { Kind, Observed, Player } from "./replay.ts";
import { ExpectedStates, type State } from "./state.ts";
import { answer, type Counter, type CounterValues, type Subject } from "./subject.ts";
import type { Scenario } from "./vectors.ts";

// Replays the kinds `page_counter` and `protection`: a tree of counters, all of whose fields are compared each time.

const FIELDS: Readonly<Record<string, keyof CounterValues>> = {
  usage: "usage",
  min: "min",
  low: "low",
  high: "high",
  max: "max",
  wm: "watermark",
  lwm: "localWatermark",
  min_u: "protectedMin",
  low_u: "protectedLow",
  cmin_u: "childrenMin",
  clow_u: "childrenLow",
  emin: "effectiveMin",
  elow: "effectiveLow",
  failcnt: "failures",
};

const INITIAL: State = Object.fromEntries(
  Object.keys(FIELDS).map((field) => [field, field === "max" ? 2 ** 51 - 1 : 0]),
);

interface Node {
  readonly id: number;
  readonly parent: Node | null;
  readonly children: Node[];
  readonly counter: Counter;
}

/** Operations that answer nothing. */
const COMMANDS: Readonly<Record<string, (counter: Counter, operation: Operation) => void>> = {
  charge: (counter, operation) => counter.charge(operation.amount("n")),
  set_min: (counter, operation) => counter.setMin(operation.amount("n")),
  set_low: (counter, operation) => counter.setLow(operation.amount("n")),
  set_high: (counter, operation) => counter.setHigh(operation.amount("n")),
  reset_watermark: (counter) => counter.resetWatermark(),
  reset_local_watermark: (counter) => counter.resetLocalWatermark(),
};

const QUESTIONS: Readonly<Record<string, (world: CounterWorld, operation: Operation) => Observed>> = {
  init: (world, operation) => world.init(operation),
  try_charge: (world, operation) => {
    const full = world.counter(operation).tryCharge(operation.amount("n"));
    return { exp: full === null ? { ok: true } : { ok: false, fail: world.idOf(full) } };
  },
  uncharge: (world, operation) => world.underflow(world.counter(operation).uncharge(operation.amount("n"))),
  cancel: (world, operation) => world.underflow(world.counter(operation).cancel(operation.amount("n"))),
  set_max: (world, operation) => {
    const ret = answer(() => world.counter(operation).setMax(operation.amount("n"))) ?? 0;
    return { exp: { ret } };
  },
  read: (world, operation) => ({ exp: { usage: written(world.counter(operation).values().usage) } }),
  watermark: (world, operation) => {
    const { watermark, localWatermark } = world.counter(operation).values();
    return { exp: { wm: written(watermark), lwm: written(localWatermark) } };
  },
  calc: (world, operation) => calculated(operation, world.node("root", operation), subtree),
  calc_path: (world, operation) =>
    calculated(operation, world.node("root", operation), (root) => path(root, world.node("id", operation))),
  calc_one: (world, operation) =>
    calculated(operation, world.node("root", operation), () => [world.node("id", operation)]),
  dump: (world) => ({ exp: world.dump() }),
};

class CounterWorld implements Player {
  readonly #nodes = new Map<number, Node>();
  readonly #expected = new ExpectedStates(INITIAL);
  readonly #create: (operation: Operation) => Counter;

  constructor(subject: Pick<Subject, "PageCounter">, scenario: Scenario) {
    const capacity = scenario.operations.filter(({ name }) => name === "init").length;
    this.#create = (operation) =>
      subject.PageCounter.create({ ...options(operation), semantics: "linux-7.3", capacity: Math.max(1, capacity) });
  }

  play(operation: Operation): Observed {
    const question = QUESTIONS[operation.name];
    if (question !== undefined) return question(this, operation);
    COMMANDS[operation.name]?.(this.counter(operation), operation);
    return {};
  }

  difference(operation: Operation): string | null {
    this.#expected.change(operation, "d");
    return this.#expected.difference(this.#states());
  }

  close(): void {}

  node(key: string, operation: Operation): Node {
    const id = operation.id(key);
    return this.#nodes.get(id) ?? operation.missing(`counter ${id}`);
  }

  counter(operation: Operation): Counter {
    return this.node("id", operation).counter;
  }

  idOf(counter: Counter): number | string {
    const node = [...this.#nodes.values()].find((each) => each.counter === counter);
    return node?.id ?? "a counter of no id";
  }

  underflow(counters: readonly Counter[]): Observed {
    return counters.length === 0 ? {} : { underflow: counters.map((counter) => this.idOf(counter)) };
  }

  init(operation: Operation): Observed {
    const id = operation.id("id");
    const parent = operation.idOrNull("parent") === null ? null : this.node("parent", operation);
    const counter = parent?.counter.child(options(operation)) ?? this.#root(operation);
    const node = { id, parent, children: [], counter };
    parent?.children.push(node);
    this.#nodes.set(id, node);
    this.#expected.add(String(id));
    return {};
  }

  dump(): Record<string, State> {
    return Object.fromEntries(Array.from(this.#states(), ([id, state]) => [id, changed(state)]));
  }

  #root(operation: Operation): Counter {
    const [first] = this.#nodes.values();
    return first?.counter.root(options(operation)) ?? this.#create(operation);
  }

  #states(): Map<string, State> {
    return new Map(Array.from(this.#nodes.values(), ({ id, counter }) => [String(id), stateOf(counter)]));
  }
}

/** Replays against `PageCounter` of the package, or against anything else of that shape. */
export function pageCounterKind(subject: Pick<Subject, "PageCounter">): Kind {
  return {
    operations: [...Object.keys(COMMANDS), ...Object.keys(QUESTIONS)],
    answers: ["exp", "underflow"],
    open: (scenario) => new CounterWorld(subject, scenario),
  };
}

function options(operation: Operation): { protection: boolean; trackFailures: boolean } {
  return { protection: operation.flag("prot"), trackFailures: operation.flag("track_failcnt") };
}

function calculated(operation: Operation, root: Node, choose: (root: Node) => Node[]): Observed {
  const recursive = operation.flag("recursive");
  const exp = choose(root).map(({ id, counter }) => {
    counter.calculateProtection(root.counter, recursive);
    const { effectiveMin, effectiveLow } = counter.values();
    return [id, written(effectiveMin), written(effectiveLow)];
  });
  return { exp };
}

function subtree(node: Node): Node[] {
  return [node, ...node.children.flatMap(subtree)];
}

function path(root: Node, node: Node): Node[] {
  return node === root || node.parent === null ? [node] : [...path(root, node.parent), node];
}

function stateOf(counter: Counter): State {
  const values = counter.values();
  return Object.fromEntries(Object.entries(FIELDS).map(([field, key]) => [field, written(values[key])]));
}

function changed(state: State): State {
  return Object.fromEntries(Object.entries(state).filter(([field, value]) => value !== INITIAL[field]));
}
