import { DmemWorld } from "./dmem-world.ts";
import { LeftOut } from "./left-out.ts";
import type { Operation } from "./operation.ts";
import type { Kind, Observed, Player } from "./replay.ts";
import { ScriptedReclaim } from "./scripted-reclaim.ts";
import { answer, type Cgroup, type Subject } from "./subject.ts";

// Replays the kind `dmem`: cgroups, regions, charges, interface files and queries.

const EBUSY = -16;
const EAGAIN = -11;

const OPERATIONS: Readonly<Record<string, (world: DmemWorld, operation: Operation) => Observed>> = {
  register_region: registerRegion,
  unregister_region: (world, operation) => {
    const region = operation.idOrNull("region");
    if (region !== null) world.unregisterRegion(region, operation);
    return {};
  },
  mkdir: (world, operation) => ({ exp: { css: world.mkdir(world.cgroup("parent", operation)) } }),
  rmdir: (world, operation) => {
    // A cgroup in which a process lives is busy. The library has no processes, so that rule is the replayer's own.
    const css = operation.id("css");
    return { exp: { ret: css === world.current ? EBUSY : (answer(() => world.rmdir(css, operation)) ?? 0) } };
  },
  enter: (world, operation) => {
    world.current = operation.id("css");
    return {};
  },
  try_charge: tryCharge,
  uncharge: (world, operation) => {
    world.uncharge(operation.id("handle"), operation);
    return {};
  },
  pool_put: () => ({}),
  write,
  read: (world, operation) => {
    const text = answer(() => world.cgroup("css", operation).read(file(operation)));
    return { exp: typeof text === "number" ? { ret: text } : { text: Buffer.from(text).toString("latin1") } };
  },
  evict_valuable: (world, operation) => {
    const [limit, test] = [world.poolOrNull("limit", operation), world.poolOrNull("test", operation)];
    // Without a pool there is nothing to ask: the vectors have this with both absent, which are then the same.
    if (test === null) return { exp: { ret: limit === null, hit_low: false } };
    const { valuable, hitLow } = test.evictValuable(limit, { ignoreLow: operation.flag("ignore_low") });
    return { exp: { ret: valuable, hit_low: hitLow } };
  },
  below_min: (world, operation) => {
    const root = world.poolOrNull("root", operation);
    return { exp: { ret: world.pool("test", operation).belowMin(root) } };
  },
  below_low: (world, operation) => {
    const root = world.poolOrNull("root", operation);
    return { exp: { ret: world.pool("test", operation).belowLow(root) } };
  },
  common_ancestor: commonAncestor,
  // Compared with the whole state, below.
  dump: (_, operation) => ({ exp: operation.json.exp }),
};

/** Replays against `Dmem` of the package, with the semantics of Linux 7.3. */
export function dmemKind(subject: Pick<Subject, "Dmem">): Kind {
  return {
    operations: Object.keys(OPERATIONS),
    answers: ["exp", "reclaim", "warn"],
    open: (scenario) => player(new DmemWorld(subject, scenario)),
  };
}

function player(world: DmemWorld): Player {
  return {
    play: (operation) => OPERATIONS[operation.name]?.(world, operation) ?? {},
    difference: (operation) =>
      world.difference(operation) ?? (operation.name === "dump" ? world.dumpDifference(operation) : null),
    close: () => world.close(),
  };
}

function registerRegion(world: DmemWorld, operation: Operation): Observed {
  const name = Buffer.from(operation.text("name"), "latin1").toString();
  const size = bytes("size", operation);
  // Here an argument: the calls of the callback have the same name.
  const reclaim = operation.text("reclaim");
  const region = answer(() => world.registerRegion(name, size, reclaim === "callback"));
  return { exp: { region: region < 0 ? null : region }, reclaim };
}

function tryCharge(world: DmemWorld, operation: Operation): Observed {
  const size = bytes("size", operation);
  const wanted = operation.flag("want_limit", true);
  const limit = answer(() => world.currentPool("region", operation).tryCharge(size));
  if (limit === null) {
    const pool = world.currentPool("region", operation);
    const handle = world.handles.push({ pool, size }) - 1;
    return { exp: { ret: 0, pool: world.idOf(pool), handle } };
  }
  if (typeof limit === "number") return { exp: wanted ? { ret: limit, limit: null } : { ret: limit } };
  return { exp: wanted ? { ret: EAGAIN, limit: world.idOf(limit), ref: world.references++ } : { ret: EAGAIN } };
}

function write(world: DmemWorld, operation: Operation): Observed {
  const cgroup = world.cgroup("css", operation);
  const text = Buffer.from(operation.text("text"), "latin1");
  const script = new ScriptedReclaim(world, operation);
  world.reclaim = script.reclaim;
  const options = { nonblock: operation.flag("nonblock", false), signal: script.signal };
  const ret = answer(() => cgroup.write(file(operation), text, options));
  const exp = ret !== 0 ? { ret } : { ret, handler_ret: handlerRet(cgroup, operation) };
  return script.calls.length === 0 ? { exp } : { exp, reclaim: script.calls };
}

/**
 * What the handler of a file answers to the empty text. A write of nothing never reaches it, but a text that ends
 * before it begins, at a NUL byte, does.
 */
function handlerRet(cgroup: Cgroup, operation: Operation): number {
  return answer(() => cgroup.write(file(operation), Buffer.of(0)));
}

function commonAncestor(world: DmemWorld, operation: Operation): Observed {
  const [a, b] = [world.poolOrNull("a", operation), world.poolOrNull("b", operation)];
  if (a === null || b === null) return { exp: { pool: null } };
  const pool = a.commonAncestor(b);
  // The kernel warns; here `null` says it.
  if (pool === null) return { exp: { pool: null }, warn: 1 };
  return { exp: { pool: world.idOf(pool), ref: world.references++ } };
}

function file(operation: Operation): string {
  return `dmem.${operation.text("file")}`;
}

function bytes(key: string, operation: Operation): number {
  const amount = operation.amount(key);
  if (amount > Number.MAX_SAFE_INTEGER)
    throw new LeftOut("an amount above 2^53-1 bytes cannot be asked for, nor what follows");
  return Number(amount);
}
