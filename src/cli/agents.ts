import type { AgentStatus } from "../core/agent-table.ts";
import { formatBytes } from "../core/bytes.ts";
import { textTable } from "./text-table.ts";

/** Who is attached, with a column for each region that somebody holds something of. */
export function agentsText(agents: readonly AgentStatus[]): string {
  const regions = [...new Set(agents.flatMap(({ holds }) => Object.keys(holds)))];
  const rows = agents.map(({ slot, process, thread, alive, holds }) => [
    ...[slot, process, thread].map(String),
    alive ? "alive" : "dead",
    ...regions.map((region) => formatBytes(holds[region] ?? 0)),
  ]);
  return textTable(["slot", "process", "thread", "state", ...regions.map((region) => `holds ${region}`)], rows);
}
