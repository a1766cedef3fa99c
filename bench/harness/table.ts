import type { Figure, Ratio, SuiteResult } from "./result.ts";
import type { Bound } from "./targets.ts";

// Figures in words, for the console and for documents.

/** A result for the console. */
export function table({ suite, figures, ratios, notes }: SuiteResult): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  const lines = figures.map((figure) => `  ${figure.name.padEnd(width)} ${figureText(figure)}`);
  const compared = ratios.map(
    (ratio) => `  ${ratio.name.padEnd(width)} ${ratioText(ratio).padStart(22)} ${ratio.against}${aim(ratio)}`,
  );
  return [`\n${suite}: medians over the rounds`, ...lines, ...compared, ...notes.map((note) => `  ${note}`), ""].join(
    "\n",
  );
}

export function figureText(figure: Figure): string {
  return `${quantity(figure.median, figure.unit)}${aim(figure)}`;
}

/** `0.78 of`, or `450 times faster than`. */
export function ratioText({ ratio }: Ratio): string {
  if (ratio === null) return "not available:";
  return ratio.median < 0.1 ? `${count(1 / ratio.median)} times faster than` : `${ratio.median.toFixed(2)} of`;
}

export function boundText(bound: Bound): string {
  return "atMost" in bound ? `at most ${count(bound.atMost)}` : `${count(bound.timesFaster)} times faster`;
}

export function quantity(value: number, unit: string): string {
  const digits = value < 100 && unit !== "bytes" ? (unit === "ms" ? 2 : 1) : 0;
  const text = value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${text.padStart(14)} ${unit}`;
}

function aim({ target, isMet }: Figure | Ratio): string {
  if (target === undefined) return "";
  return `  [target: ${boundText(target)}${isMet === null ? "" : isMet ? ", met" : ", not met"}]`;
}

function count(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : 0 });
}
