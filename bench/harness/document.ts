import type { Figure, Machine, Ratio, Report, SuiteResult } from "./result.ts";
import type { Spread } from "./statistics.ts";
import { boundText, quantity, ratioText } from "./table.ts";
import type { Bound } from "./targets.ts";

/** What each suite measures; those that are not here have only their name. */
const ABOUT: Readonly<Record<string, string>> = {
  charge: "`tryCharge` and `uncharge` of one page, by depth; refused ones; leaves all over a large tree.",
  "inside-wasm":
    "The same without the call into WebAssembly, against the locked adds alone: one a level and operation.",
  contention: "Two threads at the same time, at depth 4. Time a pair, of both together: 0.5 is twice the work.",
  protection: "`evictValuable`: may memory of this pool go? In C: a walk over the whole tree, as Linux does it.",
  eviction: "Finding, moving and replacing the one buffer that is not protected; in C: the finding alone.",
  "eviction-walk": "One large request that evicts from each of many groups. Time for each group.",
  tree: "Making, removing and finding groups, and the attaching of a late thread, measured there.",
  files: "The interface files, with two regions, next to the properties that say the same.",
  memory: "Records in the arena, and buffers on the JavaScript heap.",
  stock: "Charging ahead: what hits a thread's own stock, and two threads on one leaf.",
  batch: "Many charges in one call, at depth 4, for each charge and its uncharge.",
  process:
    "A controller in a file that processes share, against one in memory of one process, each in a process of its own.",
};

const INTRODUCTION = `# Benchmarks

Each suite runs in a process of its own. Its cases are measured in several short rounds, forwards and backwards by
turns. In a round, samples of half a millisecond are taken, or of one call where that takes longer, and the lower
quartile of them counts: what else the machine does only adds to a sample. A figure is the median over the rounds; a
ratio is taken between two figures of the same round, and its median is what counts. Every case ends with a look at the
counters: wrong sums fail the run.

**C loop** is the kernel's algorithm, written in C for this purpose and called for many operations at once, so that
entering and leaving C does not count. **C by N-API** is the same, called for each operation, as a program on Node would
have to. The library pays for its call into WebAssembly each time, and keeps account of who holds what.`;

const CAVEATS = `## What may not be concluded

* A time is of the machine above; on another one not even the ratios need be the same.
* The C baseline is not the kernel: it runs in user space, undisturbed by anything else that a kernel does.
* Plain objects have no threads, no protection and no accounts; semaphores and caches have no tree either. They say
  what those cost, not which one to take.
* Most cases repeat one operation on warm caches. A program that does other things between two charges waits for memory
  instead.
* On a machine that is busy with something else a spread is wide: look at it before the median.
* A target that is missed fails nothing. It is what is aimed at.`;

/** docs/BENCHMARKS.md: made of the report alone. */
export function benchmarkDocument(report: Report): string {
  const { machine, command, date, isSmall, suites } = report;
  const warning = isSmall ? ["**In small mode: these figures say nothing about speed.**"] : [];
  return `${[INTRODUCTION, ...warning, machineTable(machine, command, date), CAVEATS, ...suites.map(section)].join(
    "\n\n",
  )}\n`;
}

function machineTable(machine: Machine, command: string, date: string): string {
  const rows = [
    ["command", `\`${command}\``],
    ["date", date],
    ["processor", `${machine.processor}, ${machine.cores} threads`],
    ["memory", `${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB`],
    ["system", machine.system],
    ["node", machine.node],
    ["C compiler", machine.compiler === null ? "none" : `${machine.compiler}, \`-O2\``],
    ["load when it began", machine.load.toFixed(2)],
  ];
  return markdown(["this run", ""], rows);
}

function section({ suite, figures, ratios, notes }: SuiteResult): string {
  const parts = [`## ${suite}`];
  const about = ABOUT[suite];
  if (about !== undefined) parts.push(about);
  parts.push(...notes.map((note) => `**${note}**`), `![${suite}](benchmarks/${suite}.svg)`);
  if (ratios.length > 0)
    parts.push(markdown(["case", "is", "of", "rounds from, to", "target", ""], ratios.map(ratioRow)));
  parts.push(markdown(["case", "median", "rounds from, to", "target", ""], figures.map(figureRow)));
  return parts.join("\n\n");
}

function ratioRow(one: Ratio): string[] {
  const { name, against, ratio, target, isMet } = one;
  const text = ratioText(one)
    .replace(/( of|:)$/, "")
    .replace(" than", "");
  return [name, text, against, ratio === null ? "" : between(ratio, short), ...aim(target, isMet)];
}

function figureRow({ name, unit, target, isMet, ...spread }: Figure): string[] {
  const text = (value: number) => quantity(value, unit).trim();
  return [
    name,
    text(spread.median),
    between(spread, (value) => text(value).replace(` ${unit}`, "")),
    ...aim(target, isMet),
  ];
}

function between({ low, high }: Spread, text: (value: number) => string): string {
  return `${text(low)}, ${text(high)}`;
}

/** Two digits that mean something, however small it is. */
function short(value: number): string {
  return value < 0.1 ? value.toPrecision(2) : value.toFixed(2);
}

function aim(target: Bound | undefined, isMet: boolean | null | undefined): [string, string] {
  if (target === undefined) return ["", ""];
  return [boundText(target), isMet === null ? "cannot be told" : isMet ? "met" : "not met"];
}

function markdown(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heading), `|${heading.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}
