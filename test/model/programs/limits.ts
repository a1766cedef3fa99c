import { POOL_MAX, POOL_PARENT, POOL_USAGE } from "../../../assembly/abi.ts";
import type { Program } from "../engine/program.ts";
import type { Tenant } from "../engine/tenant.ts";
import type { Group, Pool, World } from "../engine/world.ts";

/** A group below the root, with the accounts of all agents. */
function group(world: World): { pool: Pool; top: Pool; accounts: number[] } {
  const [top, pool] = world.chain(world.region("vram"), 1) as [Pool, Pool];
  return { pool, top, accounts: world.agents.map((agent) => world.account(agent, pool)) };
}

/** Two groups side by side, below a common one. */
function siblings(world: World) {
  const region = world.region("vram");
  const above = world.mkdir(world.root, "a");
  const groups = ["b", "c"].map((name) => world.mkdir(above, name)) as [Group, Group];
  const pools = groups.map((group) => world.pool(group, region)) as [Pool, Pool];
  for (const pool of pools) world.reachPeaks(pool);
  const parent = world.levels(pools[0])[1] as Pool;
  const accounts = pools.map((pool, index) => world.account(world.agents[index] as Tenant, pool)) as [number, number];
  return { region, groups, pools, parent, accounts };
}

export const LIMITS: readonly Program[] = [
  {
    name: "max is lowered amid two charges",
    mayExceed: true,
    prepare(world) {
      const { pool, accounts } = group(world);
      return [
        (me) => me.setMax(pool, 5),
        (me) => {
          me.tryCharge(accounts[1] as number, pool, 4);
          me.tryCharge(accounts[1] as number, pool, 4);
        },
      ];
    },
  },
  {
    name: "max is raised amid a charge",
    prepare(world) {
      const { pool, top, accounts } = group(world);
      world.setMax(top, 3);
      return [
        (me) => me.setMax(top, 5),
        (me) => {
          me.tryCharge(accounts[1] as number, pool, 4);
          me.tryCharge(accounts[1] as number, pool, 1);
        },
      ];
    },
  },
  {
    name: "max is lowered if it holds, amid a charge",
    answers: "any", // each may be refused because of the other
    prepare(world) {
      const { pool, accounts } = group(world);
      world.setMax(pool, 9);
      return [
        (me) => void me.lowerMax(pool, 5),
        (me) => {
          me.tryCharge(accounts[1] as number, pool, 6);
          me.tryCharge(accounts[1] as number, pool, 3);
        },
      ];
    },
    check(world) {
      for (const pool of world.pools()) {
        const [usage, max] = [POOL_USAGE, POOL_MAX].map((word) => world.words.read(pool + word, 64)) as [
          number,
          number,
        ];
        if (usage > max) throw new Error(`usage ${usage} is above max ${max}`);
        if (world.words.read(pool + POOL_PARENT, 32) !== 0 && max > 9) throw new Error(`max is ${max}`);
      }
    },
  },
  {
    name: "two set max",
    prepare(world) {
      const { pool } = group(world);
      return [(me) => me.setMax(pool, 5), (me) => me.setMax(pool, 6)];
    },
  },
  {
    name: "min is set amid a charge and a question",
    answers: "any", // what a question sees of a charge under way is not fixed; that it ends and is bounded is
    capacity: { agents: 3 },
    prepare(world) {
      const { pools, parent, accounts } = siblings(world);
      const [first, second] = pools;
      world.hold(accounts[1], second, 4);
      world.call.setMin(1, parent.id, parent.stamp, 6n);
      return [
        (me) => me.setMin(first, 5),
        (me) => void me.tryCharge(accounts[1], second, 3),
        (me) => {
          const effective = me.effectiveMin(world.levels(parent)[1] as Pool, second);
          if (effective < 0 || effective > 7) throw new Error(`effective min ${effective}`);
        },
      ];
    },
  },
  {
    name: "a question is asked while a sibling's slot becomes another's",
    capacity: { cgroups: 6 },
    prepare(world) {
      const { region, groups, pools, parent, accounts } = siblings(world);
      const beside = world.mkdir(world.root, "d");
      const elsewhere = world.mkdir(beside, "e");
      world.pool(beside, region);
      const [removed, asked] = pools;
      world.hold(accounts[1], asked, 8);
      for (const { id, stamp } of [parent, asked, removed]) world.call.setMin(1, id, stamp, id === asked.id ? 4n : 6n);
      return [
        (me) => {
          me.rmdir(groups[0]);
          const next = me.pool(elsewhere, region);
          if (next !== null) me.setMin(next, 7);
        },
        (me) => void me.effectiveMin(world.levels(parent)[1] as Pool, asked),
      ];
    },
  },
  {
    name: "min and low of siblings are set",
    prepare(world) {
      const { pools } = siblings(world);
      return [(me) => me.setMin(pools[0], 5), (me) => me.setLow(pools[1], 5)];
    },
  },
  {
    name: "min is set amid the group's removal",
    prepare(world) {
      const region = world.region("vram");
      const removed = world.mkdir(world.root, "a");
      const pool = world.pool(removed, region);
      return [(me) => me.setMin(pool, 5), (me) => me.rmdir(removed)];
    },
  },
];
