import { type EChartsOption, init } from "echarts";
import type { Ratio, SuiteResult } from "./result.ts";
import type { Spread } from "./statistics.ts";
import { quantity } from "./table.ts";
import type { Bound } from "./targets.ts";

const ROW_PIXELS = 22;
const FRAME_PIXELS = 90;
const WIDTH_PIXELS = 900;
const LABEL_PIXELS = 430;
const TEXT = { fontFamily: "sans-serif", color: "#333" };
const COLORS = { figure: "#2563a8", aim: "#c2410c", line: "#999" };

/** One line of a chart: a median, between what it lay, and what was aimed at. */
interface Row {
  readonly label: string;
  readonly spread: Spread;
  readonly aim: number | null;
}

/** An SVG of a suite's ratios, or of its figures if it compares nothing. */
export function chart(result: SuiteResult): string {
  const ratios = ratioRows(result);
  const rows = ratios.length > 0 ? ratios : figureRows(result);
  const unit = ratios.length > 0 ? "ratio to the baseline (left is better)" : (result.figures[0]?.unit ?? "");
  const height = FRAME_PIXELS + rows.length * ROW_PIXELS;
  const drawing = init(null, null, { renderer: "svg", ssr: true, width: WIDTH_PIXELS, height });
  drawing.setOption(optionsFor(`${result.suite}: ${unit}`, rows, ratios.length > 0));
  // For who cannot see it, where to find the same in words.
  const title = `<title>${result.suite}: the tables beside it have the figures</title>`;
  const svg = drawing.renderToSVGString().replace(">", `>${title}`);
  drawing.dispose();
  return `${svg}\n`;
}

function ratioRows({ ratios }: SuiteResult): Row[] {
  return ratios.flatMap((one) => {
    const { ratio, target } = one;
    return ratio === null
      ? []
      : [{ label: ratioLabel(one), spread: ratio, aim: target === undefined ? null : aimOf(target) }];
  });
}

function figureRows({ figures }: SuiteResult): Row[] {
  return figures.map(({ name, unit, target, ...spread }) => ({
    label: `${name}: ${quantity(spread.median, unit).trim()}`,
    spread,
    aim: target === undefined ? null : aimOf(target),
  }));
}

/** `pool.tryCharge ÷ C loop, depth 4`: what both have in common stands there once. */
function ratioLabel({ name, against }: Ratio): string {
  const [ours, theirs] = [name.split(", "), against.split(", ")];
  const shared: string[] = [];
  while (ours.length > 1 && theirs.length > 1 && ours.at(-1) === theirs.at(-1)) {
    shared.unshift(ours.pop() ?? "");
    theirs.pop();
  }
  return [`${ours.join(", ")} ÷ ${theirs.join(", ")}`, ...shared].join(", ");
}

function aimOf(bound: Bound): number {
  return "atMost" in bound ? bound.atMost : 1 / bound.timesFaster;
}

function optionsFor(title: string, rows: readonly Row[], isRatio: boolean): EChartsOption {
  const aims = rows.flatMap(({ aim }, row) => (aim === null ? [] : [[aim, row]]));
  return {
    animation: false,
    backgroundColor: "#fff",
    textStyle: TEXT,
    title: { text: title, left: 12, top: 8, textStyle: { ...TEXT, fontSize: 14 } },
    legend: { right: 12, top: 8, itemWidth: 12, data: ["median", "target"] },
    grid: { left: LABEL_PIXELS, right: 30, top: 45, bottom: 35 },
    xAxis: { type: "log", axisLabel: { hideOverlap: true }, splitLine: { lineStyle: { color: "#e5e5e5" } } },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map(({ label }) => label),
      axisTick: { show: false },
      axisLabel: { interval: 0, fontSize: 11, width: LABEL_PIXELS - 20, overflow: "truncate" },
    },
    series: [
      ...rows.map(({ spread }, row) => ({
        type: "line" as const,
        data: [spread.low, spread.high].map((end) => [end, row]),
        symbol: "none",
        lineStyle: { color: COLORS.line, width: 3 },
      })),
      {
        name: "median",
        type: "scatter",
        symbolSize: 9,
        z: 3, // above the spreads
        itemStyle: { color: COLORS.figure },
        data: rows.map(({ spread }, row) => [spread.median, row]),
        ...(isRatio ? { markLine: { symbol: "none", label: { show: false }, data: [{ xAxis: 1 }] } } : {}),
      },
      {
        name: "target",
        type: "scatter",
        symbol: "diamond",
        z: 3,
        symbolSize: 11,
        itemStyle: { color: COLORS.aim },
        data: aims,
      },
    ],
  };
}
