import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { fuzz, type Target } from "./target.ts";
import { TARGETS } from "./targets.ts";
import { Watch } from "./watch.ts";

// `npm run fuzz -- [TARGET…] [--count N] [--seed S]`: has each target take N inputs that are nearly right.

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "1000000" },
    seed: { type: "string", default: `${randomInt(2 ** 32)}` },
  },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
const known = new Set<string>();

for (const make of TARGETS) {
  const target = make();
  known.add(target.name);
  if (positionals.length === 0 || positionals.includes(target.name)) await run(target);
  target.close?.();
}
for (const name of positionals.filter((name) => !known.has(name))) {
  console.error(`There is no target ${name}; there are ${[...known].join(", ")}.`);
  process.exitCode = 2;
}

async function run(target: Target): Promise<void> {
  if (target.missing) return console.warn(`${target.name}: SKIPPED: ${target.missing}`);
  const watch = new Watch(target.name);
  const start = performance.now();
  try {
    const tally = fuzz(target, { seed, count, before: watch.before });
    const ends = [...tally].sort(([, a], [, b]) => b - a).map(([end, times]) => `${end} ${times}`);
    const seconds = Math.round((performance.now() - start) / 1000);
    console.log(`${target.name}: ${count} inputs from seed ${seed} in ${seconds} s: ${ends.join(", ")}`);
  } catch (error) {
    console.error(`${target.name}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
  await watch.end();
}
