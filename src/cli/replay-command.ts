import { InputFile } from "../trace/input-file.ts";
import { MAX_POLICY_BYTES, NO_POLICY, overridePolicy, type Policy, parsePolicy } from "../trace/policy.ts";
import { TraceError } from "../trace/trace-error.ts";
import { readTraceFile } from "../trace/trace-file.ts";
import { EXIT } from "./exit-code.ts";
import { jsonReport } from "./json-report.ts";
import { canShowProgress, NO_PROGRESS, ProgressBar } from "./progress.ts";
import { type ReplayOutcome, type ReplayResult, replay } from "./replay.ts";
import { parseDevice, policyOfFlags, type ReplayFlags } from "./replay-options.ts";
import {
  type NamedTrace,
  nameTrace,
  type PlanOptions,
  parseTraceArgument,
  planReplay,
  planScenario,
  type ReplayPlan,
  withoutProtection,
} from "./replay-plan.ts";
import { textReport } from "./text-report.ts";

/** Names of the built-in scenario's tenants, for flags that leave the name out. */
const SCENARIO_TENANTS = ["desktop", "game"];

/**
 * Carries out `dmemcg replay`, and prints its report.
 *
 * @returns the exit code
 * @throws {TraceError} if a flag, a trace or a policy is at fault
 */
export async function runReplay(traces: readonly string[], flags: ReplayFlags): Promise<number> {
  const plan = traces.length === 0 ? planBuiltIn(flags) : planTraces(traces, flags);
  const outcome = await carryOut(plan, flags);
  process.stdout.write(flags.json ? jsonReport(outcome) : textReport(outcome));
  return flags.failOnRefusal && anyRefused(outcome.result) ? EXIT.refused : EXIT.done;
}

/** Replays a plan; the built-in scenario also without protection, to be compared. */
async function carryOut(plan: ReplayPlan, flags: ReplayFlags): Promise<ReplayOutcome> {
  const plans = plan.scenario === null ? [plan] : [plan, withoutProtection(plan)];
  const events = plan.tenants.reduce((sum, { trace }) => sum + trace.bytes.length, 0);
  const progress = flags.progress && canShowProgress() ? new ProgressBar(events * plans.length) : NO_PROGRESS;
  const results: ReplayResult[] = [];
  try {
    for (const plan of plans) results.push(await replay(plan, (played) => progress.watch(played)));
  } finally {
    progress.stop();
  }
  const [result, unprotected = null] = results;
  return { result: result as ReplayResult, unprotected };
}

function planBuiltIn(flags: ReplayFlags): ReplayPlan {
  rejectSnapshotFlags(flags);
  return planScenario(policyOf(flags, SCENARIO_TENANTS), planOptions(flags));
}

function planTraces(traces: readonly string[], flags: ReplayFlags): ReplayPlan {
  const options = { view: flags.view ?? "tensors", device: parseDevice(flags.device) };
  const tenants = traces.map((argument) => {
    const parsed = parseTraceArgument(argument);
    return nameTrace(parsed, readTraceFile(parsed.path, options));
  });
  if (!tenants.some(isSnapshot)) rejectSnapshotFlags(flags);
  const names = tenants.map(({ name }) => name);
  return planReplay(tenants, policyOf(flags, names), planOptions(flags));
}

function planOptions({ order, semantics = "intended" }: ReplayFlags): PlanOptions {
  return { order: order ?? null, semantics };
}

function isSnapshot({ file }: NamedTrace): boolean {
  return file?.format === "pytorch";
}

function rejectSnapshotFlags({ view, device }: ReplayFlags): void {
  const given = view !== undefined ? "--view" : device !== undefined ? "--device" : null;
  if (given !== null) throw new TraceError(`${given} is for memory snapshots of PyTorch, and no trace is one`);
}

function policyOf(flags: ReplayFlags, tenants: readonly string[]): Policy {
  const fromFile = flags.policy === undefined ? NO_POLICY : readPolicy(flags.policy);
  return overridePolicy(fromFile, policyOfFlags(flags, tenants));
}

function readPolicy(path: string): Policy {
  const file = new InputFile(path);
  try {
    return parsePolicy(file.readAll(MAX_POLICY_BYTES).toString("utf8"), path);
  } finally {
    file.close();
  }
}

function anyRefused({ tenants }: ReplayResult): boolean {
  return tenants.some(({ played }) => played.refused.byCard.requests + played.refused.byTenant.requests > 0);
}
