// A process with a controller of its own, in a file or not, that charges when it is told to. It has one instance of the
// core, and so does the one that it is compared with.

import { Dmem, GiB } from "dmemcg";

const PAGE = 4096;
const TOPS = 100;
const RUNS = 15;

const [groups, deepest, path] = process.argv.slice(2);
const capacity = { cgroups: Number(groups) + 200, pools: Number(groups) + 200, accounts: Number(groups) + 200 };
const dmem = path === undefined ? Dmem.create({ capacity }) : Dmem.open(path, { capacity });
const region = dmem.registerRegion("vram", { size: GiB });

const chain = [dmem.root];
while (chain.length < Number(deepest)) chain.push(chain.at(-1).mkdir("child"));

// Charged once, so that all of them exist.
const leaves = Array.from({ length: TOPS }, (_, top) => dmem.root.mkdir(`top ${top}`)).flatMap((top, index) =>
  Array.from({ length: Number(groups) / TOPS }, (_, leaf) => top.mkdir(`leaf ${index} ${leaf}`).pool(region)),
);
for (const pool of leaves) pool.charge(PAGE);
for (const pool of leaves) pool.uncharge(PAGE);

const answers = {
  /** Nanoseconds for a charge and its uncharge at that depth. */
  depth(depth, pairs) {
    const pool = chain[depth - 1].pool(region);
    return timed(pairs, () => {
      for (let i = 0; i < pairs; i++) if (pool.tryCharge(PAGE) === null) pool.uncharge(PAGE);
    });
  },
  /** The same at the leaves with these numbers, one after the other. */
  leaves(numbers) {
    const pools = numbers.map((number) => leaves[number]);
    return timed(pools.length, () => {
      for (const pool of pools) if (pool.tryCharge(PAGE) === null) pool.uncharge(PAGE);
    });
  },
  /** Holds so much, and gives back what it is asked for. */
  offer(bytes) {
    leaves[0].charge(bytes);
    region.reclaim = (pool, wanted) => pool.uncharge(Math.min(wanted, pool.held));
  },
  usage: () => dmem.root.pool(region).usage,
  end: () => dmem.dispose(),
};

process.on("message", ([what, ...of]) => {
  process.send(answers[what](...of) ?? null);
  if (what === "end") process.disconnect();
});
process.send("ready");

/** The median of some runs, since a process can be disturbed. */
function timed(pairs, run) {
  const spans = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return (spans.toSorted((a, b) => a - b)[(RUNS - 1) / 2] * 1e6) / pairs;
}
