import { POOL_LOCAL_PEAK, POOL_PEAK, RULE_REFUSED_CHARGE_RAISES_PEAK } from "../../../assembly/abi.ts";
import type { Program } from "../engine/program.ts";
import type { Tenant } from "../engine/tenant.ts";
import type { Pool, World } from "../engine/world.ts";

interface Charging {
  /** Where each agent charges; the last one for all that are left. */
  readonly pools: (world: World) => readonly Pool[];
  /** What each agent charges and returns. */
  readonly bytes: readonly number[];
  /** Whether they keep it. */
  readonly keep?: boolean;
  /** Limits, by the index of the pool among the levels of the first one, the leaf first. */
  readonly max?: Readonly<Record<number, number>>;
}

/** Each agent charges, and returns what it got. */
function charging({ pools, bytes, keep = false, max = {} }: Charging): Program["prepare"] {
  return (world) => {
    const used = pools(world);
    const levels = world.levels(used[0] as Pool);
    for (const [level, bytes] of Object.entries(max)) world.setMax(levels[Number(level)] as Pool, bytes);
    return bytes.map((amount, index) => {
      const pool = used[Math.min(index, used.length - 1)] as Pool;
      const account = world.account(world.agents[index] as Tenant, pool);
      return (me) => {
        if (me.tryCharge(account, pool, amount) && !keep) me.uncharge(account, pool, amount);
      };
    });
  };
}

/** The pool that many levels below the root's. */
function leaf(depth: number): Charging["pools"] {
  return (world) => [world.chain(world.region("vram"), depth).at(-1) as Pool];
}

function siblings(world: World): Pool[] {
  const region = world.region("vram");
  const pools = ["a", "b"].map((name) => world.pool(world.mkdir(world.root, name), region));
  for (const pool of pools) world.reachPeaks(pool);
  return pools;
}

function childAndParent(world: World): Pool[] {
  return world.chain(world.region("vram"), 2).slice(1).reverse();
}

/** Peaks as they are in the beginning: each charge raises some. */
function fresh(world: World): Pool[] {
  const region = world.region("vram");
  return [world.pool(world.mkdir(world.root, "a"), region)];
}

export const CHARGES: readonly Program[] = [
  {
    name: "two charges of one counter with room for one",
    answers: "refusals",
    prepare: charging({ pools: leaf(0), bytes: [6, 5], max: { 0: 10 } }),
  },
  {
    name: "two charges of one counter with room for both",
    prepare: charging({ pools: leaf(0), bytes: [6, 5], max: { 0: 11 } }),
  },
  {
    name: "two charges of one leaf, three levels, no limit",
    prepare: charging({ pools: leaf(2), bytes: [6, 5] }),
  },
  {
    name: "two charges of one leaf, eight levels, no limit",
    capacity: { cgroups: 8, pools: 8 },
    prepare: charging({ pools: leaf(7), bytes: [6, 5] }),
  },
  {
    name: "two charges of one leaf, three levels, room for one at the top",
    answers: "refusals",
    prepare: charging({ pools: leaf(2), bytes: [6, 5], max: { 2: 10 } }),
  },
  {
    name: "two charges of one leaf, three levels, each with room for one at another",
    answers: "refusals",
    prepare: charging({ pools: leaf(2), bytes: [6, 5], max: { 0: 10, 1: 8, 2: 7 } }),
  },
  {
    name: "two charges that stay, of one leaf, three levels, room for one at the top",
    answers: "refusals",
    prepare: charging({ pools: leaf(2), bytes: [6, 5], max: { 2: 10 }, keep: true }),
  },
  {
    name: "three charges that stay, of one leaf, two levels, room for two at the top",
    answers: "refusals",
    prepare: charging({ pools: leaf(1), bytes: [6, 5, 4], max: { 1: 11 }, keep: true }),
  },
  {
    name: "a charge beside one that is refused further up",
    answers: "refusals",
    prepare: charging({ pools: leaf(1), bytes: [5, 9], max: { 0: 10, 1: 8 }, keep: true }),
  },
  {
    name: "two charges of siblings with room for one above",
    answers: "refusals",
    prepare: charging({ pools: siblings, bytes: [6, 5], max: { 1: 10 } }),
  },
  {
    name: "charges of a group and of the group below it",
    answers: "refusals",
    prepare: charging({ pools: childAndParent, bytes: [6, 5], max: { 1: 10 } }),
  },
  {
    name: "three charges of one counter with room for two",
    answers: "refusals",
    prepare: charging({ pools: leaf(0), bytes: [6, 5, 4], max: { 0: 11 } }),
  },
  {
    name: "three charges of one leaf, two levels, with room for one",
    answers: "refusals",
    prepare: charging({ pools: leaf(1), bytes: [6, 5, 4], max: { 1: 6 } }),
  },
  {
    name: "three charges of one leaf, three levels, no limit",
    prepare: charging({ pools: leaf(2), bytes: [6, 5, 4] }),
  },
  {
    name: "two charges that raise peaks",
    prepare: charging({ pools: fresh, bytes: [6, 5] }),
    check: checkPeaks(11),
  },
  {
    name: "two charges that raise peaks, with room for one",
    answers: "refusals",
    prepare: charging({ pools: fresh, bytes: [6, 5], max: { 0: 10, 1: 10 } }),
    check: checkPeaks(10),
  },
  {
    name: "two charges of which a refused one raises peaks",
    answers: "refusals",
    rules: RULE_REFUSED_CHARGE_RAISES_PEAK,
    prepare: charging({ pools: fresh, bytes: [6, 5], max: { 0: 10, 1: 5 } }),
    check: checkPeaks(10),
  },
  {
    name: "a charge against a return that makes room",
    prepare(world) {
      const [pool] = leaf(1)(world) as [Pool];
      world.setMax(pool, 10);
      const [holder, other] = world.agents.map((agent) => world.account(agent, pool)) as [number, number];
      world.hold(holder, pool, 8);
      return [
        (me) => me.uncharge(holder, pool, 8),
        (me) => {
          me.tryCharge(other, pool, 5);
          me.tryCharge(other, pool, 5);
        },
      ];
    },
  },
  {
    name: "a charge that cannot be refused against one that can",
    answers: "refusals",
    mayExceed: true,
    prepare(world) {
      const [pool] = leaf(1)(world) as [Pool];
      world.setMax(pool, 10);
      const [first, second] = world.agents.map((agent) => world.account(agent, pool)) as [number, number];
      return [(me) => me.charge(first, pool, 8), (me) => void me.tryCharge(second, pool, 5)];
    },
  },
];

/** A mark that lost a race may be too low, until the next charge raises it; it is never above what was charged. */
function checkPeaks(most: number): NonNullable<Program["check"]> {
  return (world) => {
    for (const pool of world.pools()) {
      const [peak, local] = [POOL_PEAK, POOL_LOCAL_PEAK].map((word) => world.words.read(pool + word, 64));
      if (Math.max(peak as number, local as number) > most) throw new Error(`pool ${pool} has peaks ${peak}, ${local}`);
    }
  };
}
