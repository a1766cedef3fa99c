import type { Outcome } from "./replay.ts";

/** Numbers of scenarios. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

export function tally(outcomes: readonly Outcome[]): Tally {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const { verdict } of outcomes) count[verdict] += 1;
  return count;
}

/** A table of files, of traces by family, then everything that was left out or failed, with its reason. */
export function report(title: string, outcomes: readonly Outcome[]): string {
  const rows = [...grouped(outcomes)].map(([key, group]) => row(key, tally(group)));
  const remarks = outcomes.filter(({ verdict }) => verdict !== "passed").map(remark);
  return [title, HEAD, ...rows, ...remarks, ""].join("\n");
}

/** The last line: `N passed, N failed`, and what was skipped if anything was. */
export function lastLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

const HEAD = line("file or family", "kind", ["passed", "failed", "skipped"]);

function grouped(outcomes: readonly Outcome[]): Map<string, Outcome[]> {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const key = `${outcome.scenario.group}\t${outcome.scenario.kind}`;
    groups.set(key, [...(groups.get(key) ?? []), outcome]);
  }
  return groups;
}

function row(key: string, { passed, failed, skipped }: Tally): string {
  const [group = "", kind = ""] = key.split("\t");
  return line(group, kind, [passed, failed, skipped].map(String));
}

function line(group: string, kind: string, counts: readonly string[]): string {
  return `  ${group.padEnd(28)} ${kind.padEnd(14)} ${counts.map((count) => count.padStart(8)).join("")}`;
}

function remark({ scenario, verdict, reason }: Outcome): string {
  return `  ${verdict} ${scenario.id}, ${reason}`;
}
