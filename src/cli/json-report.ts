import { DERIVED, PUBLISHED } from "../trace/built-in-scenario.ts";
import { sum } from "../trace/trace-player.ts";
import type { ReplayOutcome, ReplayResult, TenantResult } from "./replay.ts";

const VERSION = 1;

/**
 * The report for programs: one JSON document, described in docs/TRACES.md. All amounts are bytes; no limit is `"max"`.
 */
export function jsonReport({ result, unprotected }: ReplayOutcome): string {
  const { plan } = result;
  const document = {
    "dmemcg-replay": VERSION,
    region: plan.region,
    capacity: plan.capacity,
    order: plan.order,
    semantics: plan.semantics,
    eviction: true,
    scenario: plan.scenario && {
      title: plan.scenario.title,
      published: PUBLISHED,
      derived: DERIVED,
      provenance: plan.scenario.provenance,
    },
    remarks: plan.remarks,
    ...run(result),
    unprotected: unprotected && run(unprotected),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function run({ plan, card, tenants }: ReplayResult): object {
  return { card: { ...card, max: plan.capacity }, tenants: tenants.map(tenant) };
}

function tenant({ plan, cgroup, figures, played }: TenantResult): object {
  const { trace, file, limits } = plan;
  const { asked, noRoom } = played.inSystem;
  const { byTenant, byCard } = played.refused;
  return {
    name: plan.name,
    cgroup,
    movable: plan.movable,
    trace: {
      path: file?.path ?? null,
      format: file?.format ?? "built-in",
      device: file?.device ?? null,
      allocations: trace.allocations,
      frees: trace.frees,
      unknownFrees: trace.unknownFrees,
      lostFrees: trace.lostFrees,
      leftOut: Object.fromEntries(file?.leftOut ?? []),
    },
    charged: figures.charged,
    peak: figures.peak,
    min: limit(limits.min),
    low: limit(limits.low),
    max: limit(limits.max),
    inSystem: figures.inSystem,
    evicted: figures.evicted,
    moved: figures.moved,
    requests: {
      charged: played.charged,
      inSystem: { ...sum(asked, noRoom), asked, noRoom },
      freed: played.freed,
      refused: { ...sum(byTenant, byCard), byTenant, byCard },
      skippedFrees: played.skippedFrees,
    },
  };
}

function limit(bytes: number): number | "max" {
  return bytes === Number.POSITIVE_INFINITY ? "max" : bytes;
}
