import { formatBytes } from "../core/bytes.ts";
import { PUBLISHED, type Scenario } from "../trace/built-in-scenario.ts";
import { formatNumber } from "../trace/size.ts";
import { sum } from "../trace/trace-player.ts";
import type { ReplayResult, TenantResult } from "./replay.ts";
import { textTable } from "./text-table.ts";

/** What the built-in scenario is, and where its figures come from. */
export function scenarioText({ title, provenance }: Scenario): string {
  const lines = provenance.map(({ kind, text }) => `  ${kind.padEnd(9)}  ${text}\n`);
  return `Built-in scenario: ${title}\n${lines.join("")}`;
}

/** What is compared of each tenant, by its name in the table. */
const COMPARED: Readonly<Record<string, (tenant: TenantResult) => string>> = {
  "in VRAM": ({ figures }) => formatBytes(figures.charged),
  "in system memory": ({ figures }) => formatBytes(figures.inSystem),
  evicted: ({ figures }) => `${formatNumber(figures.evicted.buffers)} buffers`,
  moved: ({ figures }) => formatBytes(figures.moved.bytes),
  refused: ({ played }) => `${formatNumber(sum(played.refused.byTenant, played.refused.byCard).requests)} requests`,
};

/** What the page says of them, without and with protection, by tenant and name. */
const PUBLISHED_TEXT: Readonly<Record<string, readonly [unprotected: string, result: string]>> = {
  "game in system memory": [formatBytes(PUBLISHED.gameSystemUnprotected), formatBytes(PUBLISHED.gameSystemProtected)],
};

/** The two runs side by side, each next to what was published. */
export function comparison(unprotected: ReplayResult, result: ReplayResult): string {
  const rows = result.tenants.flatMap((tenant, i) => {
    const { name } = tenant.plan;
    const figures = Object.entries(COMPARED).map(([label, figure]) => {
      const [before = "", after = ""] = PUBLISHED_TEXT[`${name} ${label}`] ?? [];
      return [`  ${label}`, figure(unprotected.tenants[i] as TenantResult), before, figure(tenant), after];
    });
    return [[name], ...figures];
  });
  return textTable(["tenant", "without protection", "published", "with protection", "published"], rows);
}

/** The comparison in a sentence: what of it was to be shown, and what could not come out otherwise. */
export function comparisonText(unprotected: ReplayResult, result: ReplayResult): string {
  const outside = ({ tenants }: ReplayResult): string => {
    const game = tenants.find(({ plan }) => plan.name === "game");
    return formatBytes(game?.figures.inSystem ?? 0);
  };
  return (
    `Of the game, ${outside(unprotected)} end outside of VRAM without protection, and ${outside(result)} with it. What the game wants\n` +
    "was derived from the first figure, which is met by construction while nobody changes the policy; what becomes of it\n" +
    "under protection is the outcome of the run.\n"
  );
}
