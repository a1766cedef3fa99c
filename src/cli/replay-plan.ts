import { basename, extname } from "node:path";
import { show } from "../core/bytes.ts";
import type { Semantics } from "../index.ts";
import type { AllocationTrace } from "../trace/allocation-trace.ts";
import { builtInScenario, type Scenario } from "../trace/built-in-scenario.ts";
import { unknownName } from "../trace/nearest.ts";
import { type LimitName, limitsInBytes, overridePolicy, type Policy, type TenantPolicy } from "../trace/policy.ts";
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
  /** Whether its memory can be moved to system memory. */
  readonly movable: boolean;
  /** The file that it comes from; `null` for the built-in scenario. */
  readonly file: TraceFile | null;
}

/** Everything that a replay needs to know, checked. */
export interface ReplayPlan {
  readonly capacity: number;
  readonly region: string;
  readonly semantics: Semantics;
  readonly tenants: readonly TenantPlan[];
  readonly order: Order;
  readonly schedule: Schedule;
  readonly scenario: Scenario | null;
  /** What the reader should know before the figures. */
  readonly remarks: readonly string[];
}

/** What a replay is planned with besides traces and policy. */
export interface PlanOptions {
  /** `null` for the one that the traces allow. */
  readonly order: Order | null;
  readonly semantics: Semantics;
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
export function planScenario(policy: Policy, options: PlanOptions): ReplayPlan {
  const scenario = builtInScenario();
  const tenants = scenario.tenants.map((tenant) => ({ ...tenant, file: null }));
  return { ...planReplay(tenants, overridePolicy(scenario.policy, policy), options), scenario };
}

/** The same plan without any `min` and `low`. */
export function withoutProtection(plan: ReplayPlan): ReplayPlan {
  const tenants = plan.tenants.map((tenant) => ({ ...tenant, limits: { ...tenant.limits, min: 0, low: 0 } }));
  return { ...plan, tenants };
}

/**
 * Checks tenants and policy against each other.
 *
 * @throws {TraceError} without a capacity, with two tenants of one name, with a policy for a tenant that there is not
 */
export function planReplay(tenants: readonly NamedTrace[], policy: Policy, options: PlanOptions): ReplayPlan {
  const { capacity } = policy;
  if (capacity === undefined) throw new TraceError("no capacity: say how large the card is, for example --capacity 8G");
  const { region = DEFAULT_REGION } = policy;
  checkNames(tenants, policy);
  checkRegion(region);
  const timelines = tenants.map(({ name, trace }) => ({ name, us: trace.us, events: trace.bytes.length }));
  const used = options.order ?? defaultOrder(timelines);
  const apart = used === "clock" && !overlap(timelines);
  return {
    capacity,
    region,
    semantics: options.semantics,
    tenants: tenants.map((tenant) => planTenant(tenant, policy.tenants.get(tenant.name) ?? {}, capacity)),
    order: used,
    schedule: makeSchedule(timelines, used),
    scenario: null,
    remarks: apart ? ["The recordings do not overlap in time; --order start lets them begin together."] : [],
  };
}

function planTenant(tenant: NamedTrace, policy: TenantPolicy, capacity: number): TenantPlan {
  const movable = policy.movable ?? tenant.file?.movable ?? false;
  return { ...tenant, movable, limits: limitsInBytes(policy, capacity) };
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
