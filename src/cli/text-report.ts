import { formatBytes } from "../core/bytes.ts";
import type { Order } from "../trace/schedule.ts";
import { formatNumber } from "../trace/size.ts";
import { sum, type Tally } from "../trace/trace-player.ts";
import type { ReplayOutcome, ReplayResult, TenantResult } from "./replay.ts";
import { comparison, comparisonText, scenarioText } from "./scenario-text.ts";
import { textTable } from "./text-table.ts";

const ORDER_TEXT: Readonly<Record<Order, string>> = {
  clock: "by the clock of the recordings",
  start: "by the time since each recording began",
  turns: "in turns, one event each",
};

/** The report for people. */
export function textReport({ result, unprotected }: ReplayOutcome): string {
  const { plan } = result;
  const runs =
    unprotected === null || plan.scenario === null
      ? plainText(result)
      : [
          scenarioText(plan.scenario),
          headText(result),
          comparison(unprotected, result),
          comparisonText(unprotected, result),
          `Without protection\n${exactTable(unprotected)}`,
          tenantsText(unprotected),
          `With protection\n${exactTable(result)}`,
          tenantsText(result),
        ];
  return [...runs, ...plan.remarks.map((remark) => `${remark}\n`)].join("\n");
}

function plainText(result: ReplayResult): string[] {
  return [headText(result), readableTable(result), exactTable(result), tenantsText(result)];
}

function headText({ plan, tenants }: ReplayResult): string {
  const read = tenants.reduce((sum, { plan: { trace } }) => sum + trace.allocations + trace.frees, 0);
  const threads =
    tenants.length === 1 ? "1 tenant in a thread of its own" : `${tenants.length} tenants, each in its own thread`;
  const order = tenants.length === 1 ? "" : `, ${ORDER_TEXT[plan.order]}`;
  const semantics = plan.semantics === "intended" ? "" : `, as in ${plan.semantics}`;
  return `${plan.region}, ${formatBytes(plan.capacity)}: ${threads}, ${formatNumber(read)} ${read === 1 ? "event" : "events"}${order}${semantics}\n`;
}

function readableTable({ plan, card, tenants }: ReplayResult): string {
  const row = ({ plan: { name, limits }, figures, played }: TenantResult): string[] => {
    const { charged, peak, inSystem, evicted, moved } = figures;
    const refused = sum(played.refused.byTenant, played.refused.byCard);
    return [
      name,
      ...[charged, peak, inSystem].map(formatBytes),
      formatNumber(evicted.buffers),
      formatBytes(moved.bytes),
      formatNumber(refused.requests),
      ...[refused.bytes, limits.min, limits.low, limits.max].map(formatBytes),
    ];
  };
  return textTable(
    ["tenant", "charged", "peak", "in system", "evicted", "moved", "refused", "refused size", "min", "low", "max"],
    [
      ...tenants.map(row),
      ["(card)", formatBytes(card.charged), formatBytes(card.peak), ...cardLimit(formatBytes(plan.capacity), 11)],
    ],
  );
}

function exactTable({ plan, card, tenants }: ReplayResult): string {
  const exact = (bytes: number): string => (bytes === Number.POSITIVE_INFINITY ? "max" : formatNumber(bytes));
  const row = ({ plan: { name, limits }, figures, played }: TenantResult): string[] => {
    const { charged, peak, inSystem, evicted, moved } = figures;
    const refused = sum(played.refused.byTenant, played.refused.byCard);
    const amounts = [charged, peak, inSystem, evicted.bytes, moved.bytes, refused.bytes];
    return [name, ...[...amounts, limits.min, limits.low, limits.max].map(exact)];
  };
  return textTable(
    ["in bytes", "charged", "peak", "in system", "evicted", "moved", "refused", "min", "low", "max"],
    [...tenants.map(row), ["(card)", exact(card.charged), exact(card.peak), ...cardLimit(exact(plan.capacity), 10)]],
  );
}

/** The rest of the card's row in a table of so many columns: its capacity is in the last one. */
function cardLimit(capacity: string, columns: number): string[] {
  return [...Array.from({ length: columns - 4 }, () => ""), capacity];
}

function tenantsText({ tenants }: ReplayResult): string {
  return tenants.map(tenantText).join("");
}

/** What was read of the tenant's trace, and what of it needs a word. */
function tenantText({ plan: { name, movable, trace, file }, played }: TenantResult): string {
  const { refused, inSystem } = played;
  const requests = ({ requests, bytes }: Tally, text: string): [count: number, text: string] => [
    requests,
    `requests (${formatNumber(bytes)} bytes) ${text}`,
  ];
  const remarks: [count: number, text: string][] = [
    requests(inSystem.asked, "asked for system memory"),
    requests(inSystem.noRoom, "went to system memory for want of room on the card that it may have"),
    requests(refused.byCard, "refused because the card was full"),
    requests(refused.byTenant, "refused by its own max"),
    [played.skippedFrees, "frees skipped: what they free had been refused"],
    [trace.unknownFrees, "frees skipped: what they free was never allocated, or was freed before"],
    [trace.lostFrees, "frees put in: their address was allocated again"],
  ];
  for (const [action, count] of file?.leftOut ?? []) remarks.push([count, `${action} events left out of this view`]);
  const lines = remarks.filter(([count]) => count > 0).map(([count, text]) => `  ${formatNumber(count)} ${text}\n`);
  const source = file === null ? "" : ` from ${file.path}${file.device === null ? "" : `, device ${file.device}`}`;
  const read = `${formatNumber(trace.allocations)} allocations and ${formatNumber(trace.frees)} frees read${source}`;
  return `${name}${movable ? " (movable)" : ""}: ${read}\n${lines.join("")}`;
}
