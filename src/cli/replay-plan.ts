import { basename, extname } from "node:path";
import { show } from "../core/bytes.ts";
import type { AllocationTrace } from "../trace/allocation-trace.ts";
import { builtInScenario, type Scenario } from "../trace/built-in-scenario.ts";
import { unknownName } from "../trace/nearest.ts";
import { type LimitName, limitsInBytes, overridePolicy, type Policy } from "../trace/policy.ts";
import { defaultOrder, makeSchedule, type Order, overlap, type Schedule } from "../trace/schedule.ts";
import { TraceError } from "../trace/trace-error.ts";
import type { TraceFile } from "../trace/trace-file.ts";

export const DEFAULT_REGION = "drm/0000:03:00.0/vram0";

/** Each is a thread. */
export const MAX_TENANTS = 32;

export interface TenantPlan {
  readonly name: string;
  readonly trace: AllocationTrace;
  readonly limits: Readonly<Record<LimitName, number>>;
  /** The file that it comes from; `null` for the built-in scenario. */
  readonly file: TraceFile | null;
}

/** Everything that a replay needs to know, checked. */
export interface ReplayPlan {
  readonly capacity: number;
  readonly region: string;
  readonly tenants: readonly TenantPlan[];
  readonly order: Order;
  readonly schedule: Schedule;
  readonly scenario: Scenario | null;
  /** What the reader should know before the figures. */
  readonly remarks: readonly string[];
}

/** A tenant by its name, which a policy may speak of. */
export interface NamedTrace {
  readonly name: string;
  readonly trace: AllocationTrace;
  readonly file: TraceFile | null;
}

/** A trace as the command line names it: `NAME=PATH`, or a path alone. */
export interface TraceArgument {
  readonly name: string | null;
  readonly path: string;
}

/** Splits `NAME=PATH`. What stands before the `=` is a name only if it has no slash: `./a=b.jsonl` is a path. */
export function parseTraceArgument(argument: string): TraceArgument {
  const equals = argument.indexOf("=");
  if (equals < 0 || argument.slice(0, equals).includes("/")) return { name: null, path: argument };
  return { name: argument.slice(0, equals), path: argument.slice(equals + 1) };
}

/** Names a tenant: as the command line says, else as the file says, else by the file's name without its ending. */
export function nameTrace(argument: TraceArgument, file: TraceFile): NamedTrace {
  const name = argument.name ?? file.name ?? basename(file.path, extname(file.path));
  if (!/^[^/\p{Cc}]{1,100}$/u.test(name) || name === "." || name === "..") {
    throw new TraceError(
      `${file.path}: ${show(name)} cannot be the name of a tenant; allowed: up to 100 characters without a slash, not . or .. (say NAME=PATH)`,
    );
  }
  return { name, trace: file.trace, file };
}

/** Plans the built-in scenario; `policy` may say otherwise. @throws {TraceError} if it names other tenants */
export function planScenario(policy: Policy, order: Order | null): ReplayPlan {
  const scenario = builtInScenario();
  const tenants = scenario.tenants.map((tenant) => ({ ...tenant, file: null }));
  return { ...planReplay(tenants, overridePolicy(scenario.policy, policy), order), scenario };
}

/**
 * Checks tenants and policy against each other.
 *
 * @param order `null` for the one that the traces allow
 * @throws {TraceError} without a capacity, with two tenants of one name, with a policy for a tenant that there is not
 */
export function planReplay(tenants: readonly NamedTrace[], policy: Policy, order: Order | null): ReplayPlan {
  const { capacity } = policy;
  if (capacity === undefined) throw new TraceError("no capacity: say how large the card is, for example --capacity 8G");
  const { region = DEFAULT_REGION } = policy;
  checkNames(tenants, policy);
  checkRegion(region);
  const timelines = tenants.map(({ name, trace }) => ({ name, us: trace.us, events: trace.bytes.length }));
  const used = order ?? defaultOrder(timelines);
  const apart = used === "clock" && !overlap(timelines);
  return {
    capacity,
    region,
    tenants: tenants.map((tenant) => ({
      ...tenant,
      limits: limitsInBytes(policy.tenants.get(tenant.name) ?? {}, capacity),
    })),
    order: used,
    schedule: makeSchedule(timelines, used),
    scenario: null,
    remarks: apart ? ["The recordings do not overlap in time; --order start lets them begin together."] : [],
  };
}

/** A region's name is a word in the interface files. */
function checkRegion(name: string): void {
  if (/^[^\s\p{Cc}]{1,100}$/u.test(name)) return;
  throw new TraceError(`region: ${show(name)} cannot be its name; allowed: up to 100 characters without white space`);
}

function checkNames(tenants: readonly NamedTrace[], policy: Policy): void {
  const names = tenants.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw new TraceError(`two tenants are called ${JSON.stringify(twice)}; name them apart: NAME=PATH`);
  if (names.length > MAX_TENANTS) throw new TraceError(`${names.length} tenants; allowed: up to ${MAX_TENANTS}`);
  for (const name of policy.tenants.keys()) {
    if (!names.includes(name)) throw new TraceError(`policy: ${unknownName("tenant", name, names)}`);
  }
}
