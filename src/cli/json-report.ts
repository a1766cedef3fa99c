import { DERIVED, PUBLISHED } from "../trace/built-in-scenario.ts";
import type { PoolFigures, ReplayResult, TenantResult } from "./replay.ts";

const VERSION = 1;

/** The report for programs: one JSON document, described in docs/TRACES.md. All amounts are bytes; no limit is `"max"`. */
export function jsonReport({ plan, card, tenants }: ReplayResult): string {
  const document = {
    "dmemcg-replay": VERSION,
    region: plan.region,
    capacity: plan.capacity,
    order: plan.order,
    eviction: false,
    scenario: plan.scenario && {
      title: plan.scenario.title,
      published: PUBLISHED,
      derived: DERIVED,
      provenance: plan.scenario.provenance,
    },
    remarks: plan.remarks,
    card: pool(card),
    tenants: tenants.map(tenant),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function tenant({ plan, cgroup, pool: figures, played }: TenantResult): object {
  const { trace, file } = plan;
  const { byTenant, byCard } = played.refused;
  return {
    name: plan.name,
    cgroup,
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
    ...pool(figures),
    requests: {
      charged: played.charged,
      freed: played.freed,
      refused: {
        requests: byTenant.requests + byCard.requests,
        bytes: byTenant.bytes + byCard.bytes,
        byTenant,
        byCard,
      },
      skippedFrees: played.skippedFrees,
    },
  };
}

function pool({ usage, peak, min, low, max }: PoolFigures): object {
  return { charged: usage, peak, min: limit(min), low: limit(low), max: limit(max) };
}

function limit(bytes: number): number | "max" {
  return bytes === Number.POSITIVE_INFINITY ? "max" : bytes;
}
