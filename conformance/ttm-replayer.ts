import { jsonDifference } from "./json-difference.ts";
import { LeftOut } from "./left-out.ts";
import { isObject, type Operation } from "./operation.ts";
import type { Kind, Observed, Player } from "./replay.ts";
import { answer, type Cgroup, type Pool, type Subject } from "./subject.ts";
import { BUFFER_OPERATIONS } from "./ttm-buffers.ts";
import { TtmWorld } from "./ttm-world.ts";

// Replays the traces, kind `ttm`. What FORMAT.md calls a rule of the harness is answered here, not by the library.

const ENOENT = -2;
const EAGAIN = -11;
const EEXIST = -17;
const EINVAL = -22;
const ENODATA = -61;

/** A protection of "max", which the library calls `Infinity`. */
const EVERYTHING = 2 ** 51 - 1;
const WRITTEN_FILES = ["dmem.min", "dmem.low", "dmem.max"];

type Play = (world: TtmWorld, operation: Operation) => Observed;
type PlayInside = (world: TtmWorld, operation: Operation, as: Cgroup) => Observed;

/** By a process in the root group. */
const OUTSIDE: Readonly<Record<string, Play>> = {
  // The world begins that way.
  reset: () => ({ ret: 0 }),
  mkdir: (world, operation) => ({ ret: done(() => world.mkdir(operation.word(0))) }),
  rmdir: (world, operation) => ({ ret: done(() => world.dmem.cgroup(operation.word(0)).rmdir()) }),
  write: (world, operation) => write(world, operation, false),
  writenb: (world, operation) => write(world, operation, true),
  read,
  ls: (world, operation) => {
    const files = answer(() => world.dmem.cgroup(operation.word(0)).files);
    if (typeof files === "number") return { ret: files };
    const names = files.filter((name) => name.startsWith("dmem.")).sort();
    // The library has no modes.
    const lines = names.map((name) => `${name} ${WRITTEN_FILES.includes(name) ? "644" : "444"}\n`);
    return { ret: 0, content: lines.join("") };
  },
};

/** By a process in the group that the first word names. */
const INSIDE: Readonly<Record<string, PlayInside>> = {
  ...BUFFER_OPERATIONS,
  charge,
  uncharge: (world, operation) => {
    const charge = world.charges.get(operation.number(1));
    if (charge === undefined) return { ret: ENOENT };
    world.charges.delete(operation.number(1));
    return { ret: done(() => charge.pool.uncharge(charge.size)) };
  },
  reg: (world, operation) => {
    const [index, size] = [operation.number(1), operation.number(2)];
    const ret = done(() => world.registerRaw(index, size));
    return { ret: ret === EINVAL && size === 0 ? ENODATA : ret };
  },
  unreg: (world, operation) => {
    const region = world.rawRegion(operation.number(1), operation);
    return { ret: done(() => world.dmem.unregisterRegion(region)) };
  },
  ancestor: (world, operation) => {
    const pool = world.pool(`A:${operation.word(1)},${operation.word(2)}`);
    if (pool === undefined) return { ret: ENOENT, pool: null };
    return { ret: 0, pool: pool === null ? null : world.nameOf(pool) };
  },
  valuable: (world, operation) =>
    query(world, operation, (test, limit) => {
      const { valuable, hitLow } = test.evictValuable(limit, { ignoreLow: operation.number(3) === 1 });
      return { result: Number(valuable), hit_low: Number(hitLow) };
    }),
  below_low: (world, operation) =>
    query(world, operation, (test, limit) => ({ result: Number(test.belowLow(limit)), hit_low: 0 })),
  below_min: (world, operation) =>
    query(world, operation, (test, limit) => ({ result: Number(test.belowMin(limit)), hit_low: 0 })),
};

/** Replays against `Dmem` and `TtmDevice` of the package, with the semantics of Linux 7.3. */
export function ttmKind(subject: Subject): Kind {
  return {
    operations: [...Object.keys(OUTSIDE), ...Object.keys(INSIDE)],
    answers: ["ret", "spawn_failed", "content", "limit", "pool", "test", "result", "hit_low", "defined", "ev"],
    open: (scenario) => player(new TtmWorld(subject, scenario)),
  };
}

function player(world: TtmWorld): Player {
  return {
    play: (operation) => ({ ...play(world, operation), ev: world.takeEvents() }),
    difference: ({ json }) => {
      const differences = Object.entries(world.state()).flatMap(([key, value]) =>
        jsonDifference(json[key], value, key),
      );
      return differences.length === 0 ? null : differences.join("; ");
    },
    close: () => world.close(),
  };
}

function play(world: TtmWorld, operation: Operation): Observed {
  const inside = INSIDE[operation.name];
  if (inside === undefined) return OUTSIDE[operation.name]?.(world, operation) ?? {};
  const cgroup = world.spawn(operation.word(0));
  return typeof cgroup === "number" ? { ret: cgroup, spawn_failed: true } : inside(world, operation, cgroup);
}

function write(world: TtmWorld, operation: Operation, nonblock: boolean): Observed {
  const [path, file, data] = [operation.word(0), operation.word(1), operation.word(2)];
  requireKnown(file);
  const bytes =
    data === "-" ? "" : data.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return { ret: answer(() => world.dmem.cgroup(path).write(file, Buffer.from(bytes, "latin1"), { nonblock })) };
}

function read(world: TtmWorld, operation: Operation): Observed {
  const [path, file] = [operation.word(0), operation.word(1)];
  requireKnown(file);
  const content = answer(() => world.dmem.cgroup(path).read(file));
  if (typeof content === "number") return { ret: content };
  // The kernel that was recorded had other controllers too, and lists them here.
  const compared = file === "cgroup.controllers" ? withTheOthers(content, operation.text("content")) : content;
  return { ret: 0, content: compared };
}

function withTheOthers(content: string, expected: string): string {
  const dmem = expected.split(/\s/).filter((name) => name === "dmem");
  return content === `${dmem}${dmem.length === 0 ? "" : "\n"}` ? expected : content;
}

function requireKnown(file: string): void {
  if (file === "cgroup.type") throw new LeftOut("threaded cgroups cannot be asked for, nor what follows");
}

function charge(world: TtmWorld, operation: Operation, as: Cgroup): Observed {
  const [region, id, size] = [operation.number(1), operation.number(2), operation.number(3)];
  if (world.charges.has(id)) return { ret: EEXIST };
  const pool = as.pool(world.rawRegion(region, operation));
  const limit = pool.tryCharge(size);
  if (limit !== null) return { ret: EAGAIN, limit: world.nameOf(limit) };
  world.charges.set(id, { region, pool, size });
  return { ret: 0, limit: null };
}

function query(world: TtmWorld, operation: Operation, ask: (test: Pool, limit: Pool | null) => Observed): Observed {
  const [limit, test] = [world.pool(operation.word(1)), world.pool(operation.word(2))];
  if (limit === undefined || !test) return { ret: ENOENT, result: 0, hit_low: 0, limit: null, test: null };
  const about = { ret: 0, limit: limit && world.nameOf(limit), test: tested(world, test, limit, operation) };
  // Asked from where H cannot be seen: there is an outcome, but it has no meaning.
  if (operation.json.defined === false) return { ...about, defined: false };
  return { ...about, ...ask(test, limit) };
}

/**
 * What a query says of H. Its protection is there if the kernel had to compute it for that query; it always can be
 * asked for.
 */
function tested(world: TtmWorld, test: Pool, limit: Pool | null, { json }: Operation): Observed {
  const about = { cg: world.nameOf(test), usage: test.usage };
  if (!isObject(json.test) || !("emin" in json.test)) return about;
  const { min, low } = test.effectiveProtection(limit);
  return { ...about, emin: Math.min(min, EVERYTHING), elow: Math.min(low, EVERYTHING) };
}

/** 0, or the negative error number. */
function done(call: () => void): number {
  const ret = answer(call);
  return typeof ret === "number" ? ret : 0;
}
