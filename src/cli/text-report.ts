import { formatBytes } from "../core/bytes.ts";
import { PUBLISHED, type Scenario } from "../trace/built-in-scenario.ts";
import type { Order } from "../trace/schedule.ts";
import { formatNumber } from "../trace/size.ts";
import type { Tally } from "../trace/trace-player.ts";
import type { PoolFigures, ReplayResult, TenantResult } from "./replay.ts";
import { textTable } from "./text-table.ts";

const NO_EVICTION =
  "There is no eviction yet. This run shows accounting and refusals only: what does not fit is refused, nothing is moved\n" +
  "to make room for it, and min and low have no effect on it.\n";

const ORDER_TEXT: Readonly<Record<Order, string>> = {
  clock: "by the clock of the recordings",
  start: "by the time since each recording began",
  turns: "in turns, one event each",
};

/** The report for people. */
export function textReport(result: ReplayResult): string {
  const { plan, tenants } = result;
  return [
    ...(plan.scenario === null ? [] : [scenarioText(plan.scenario)]),
    headText(result),
    readableTable(result),
    exactTable(result),
    tenants.map(tenantText).join(""),
    ...(plan.scenario === null ? [] : [comparisonText(tenants)]),
    ...plan.remarks.map((remark) => `${remark}\n`),
    NO_EVICTION,
  ].join("\n");
}

function scenarioText({ title, provenance }: Scenario): string {
  const lines = provenance.map(({ kind, text }) => `  ${kind.padEnd(9)}  ${text}\n`);
  return `Built-in scenario: ${title}\n${lines.join("")}`;
}

function headText({ plan, tenants }: ReplayResult): string {
  const read = tenants.reduce((sum, { plan: { trace } }) => sum + trace.allocations + trace.frees, 0);
  const threads =
    tenants.length === 1 ? "1 tenant in a thread of its own" : `${tenants.length} tenants, each in its own thread`;
  const order = tenants.length === 1 ? "" : `, ${ORDER_TEXT[plan.order]}`;
  return `${plan.region}, ${formatBytes(plan.capacity)}: ${threads}, ${formatNumber(read)} ${read === 1 ? "event" : "events"}${order}\n`;
}

function readableTable({ card, tenants }: ReplayResult): string {
  const row = (name: string, pool: PoolFigures): string[] => [name, ...amounts(pool).map(formatBytes)];
  return textTable(
    ["tenant", "charged", "peak", "min", "low", "max", "refused", "refused size"],
    [
      ...tenants.map((tenant) => {
        const { requests, bytes } = refused(tenant);
        return [...row(tenant.plan.name, tenant.pool), formatNumber(requests), formatBytes(bytes)];
      }),
      row("(card)", card),
    ],
  );
}

function exactTable({ card, tenants }: ReplayResult): string {
  const exact = (bytes: number): string => (bytes === Number.POSITIVE_INFINITY ? "max" : formatNumber(bytes));
  return textTable(
    ["in bytes", "charged", "peak", "min", "low", "max", "refused"],
    [
      ...tenants.map((tenant) => [tenant.plan.name, ...[...amounts(tenant.pool), refused(tenant).bytes].map(exact)]),
      ["(card)", ...amounts(card).map(exact)],
    ],
  );
}

function amounts({ usage, peak, min, low, max }: PoolFigures): number[] {
  return [usage, peak, min, low, max];
}

function refused({ played }: TenantResult): Tally {
  const { byTenant, byCard } = played.refused;
  return { requests: byTenant.requests + byCard.requests, bytes: byTenant.bytes + byCard.bytes };
}

/** What was read of the tenant's trace, and what of it needs a word. */
function tenantText({ plan: { name, trace, file }, played }: TenantResult): string {
  const { byTenant, byCard } = played.refused;
  const remarks: [count: number, text: string][] = [
    [byCard.requests, `requests (${formatNumber(byCard.bytes)} bytes) refused because the card was full`],
    [byTenant.requests, `requests (${formatNumber(byTenant.bytes)} bytes) refused by its own max`],
    [played.skippedFrees, "frees skipped: what they free had been refused"],
    [trace.unknownFrees, "frees skipped: what they free was never allocated, or was freed before"],
    [trace.lostFrees, "frees put in: their address was allocated again"],
  ];
  for (const [action, count] of file?.leftOut ?? []) remarks.push([count, `${action} events left out of this view`]);
  const lines = remarks.filter(([count]) => count > 0).map(([count, text]) => `  ${formatNumber(count)} ${text}\n`);
  const source = file === null ? "" : ` from ${file.path}${file.device === null ? "" : `, device ${file.device}`}`;
  const read = `${formatNumber(trace.allocations)} allocations and ${formatNumber(trace.frees)} frees read${source}`;
  return `${name}: ${read}\n${lines.join("")}`;
}

/** Sets the game's refusals against the published figures; they agree by construction while nobody changes the policy. */
function comparisonText(tenants: readonly TenantResult[]): string {
  const game = tenants.find(({ plan }) => plan.name === "game");
  const spilled = game === undefined ? 0 : refused(game).bytes;
  return (
    `Outside of VRAM: ${formatBytes(spilled)} of the game refused, and ${formatBytes(PUBLISHED.gameSystemOwn)} that it puts there by itself,\n` +
    `together ${formatBytes(spilled + PUBLISHED.gameSystemOwn)}. Published: 1.6 GiB without protection, 650 MiB with. The first is met because\n` +
    "what the game wants was derived from it; the second needs eviction.\n"
  );
}
