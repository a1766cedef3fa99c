import type { Program } from "../engine/program.ts";
import type { World } from "../engine/world.ts";

/** A group with a pool, and an account of each agent. */
function group(world: World, name = "a") {
  const region = world.region("vram");
  const group = world.mkdir(world.root, name);
  const pool = world.pool(group, region);
  world.reachPeaks(pool);
  return { region, group, pool, accounts: world.agents.map((agent) => world.account(agent, pool)) };
}

export const TREE: readonly Program[] = [
  {
    name: "two make a group of the same name",
    prepare: ({ root }) => [(me) => void me.mkdir(root, "a"), (me) => void me.mkdir(root, "a")],
  },
  {
    name: "two make groups, and there is room for one",
    capacity: { cgroups: 2 },
    prepare: ({ root }) => [(me) => void me.mkdir(root, "a"), (me) => void me.mkdir(root, "b")],
  },
  {
    name: "a group is made in one that is removed",
    prepare(world) {
      const above = world.mkdir(world.root, "a");
      return [(me) => void me.mkdir(above, "b"), (me) => me.rmdir(above)];
    },
  },
  {
    name: "two remove the same group",
    prepare(world) {
      const group = world.mkdir(world.root, "a");
      return [(me) => me.rmdir(group), (me) => me.rmdir(group)];
    },
  },
  {
    name: "two siblings are removed while a third is made",
    capacity: { agents: 3 },
    preemptions: 3,
    prepare(world) {
      const [first, second] = ["a", "b"].map((name) => world.mkdir(world.root, name));
      return [
        (me) => me.rmdir(first as typeof world.root),
        (me) => me.rmdir(second as typeof world.root),
        (me) => void me.mkdir(world.root, "c"),
      ];
    },
  },
  {
    name: "a group is looked for while it is removed and its slot becomes another's",
    prepare(world) {
      const old = world.mkdir(world.root, "a");
      return [
        (me) => {
          me.rmdir(old);
          me.mkdir(world.root, "b");
        },
        (me) => {
          me.find(world.root, "a");
          me.find(world.root, "b");
        },
      ];
    },
  },
  {
    name: "a group is removed amid a charge, and collected after it",
    prepare(world) {
      const { group: removed, pool, accounts } = group(world);
      return [
        (me) => me.rmdir(removed),
        (me) => {
          if (me.tryCharge(accounts[1] as number, pool, 5)) me.uncharge(accounts[1] as number, pool, 5);
        },
      ];
    },
  },
  {
    name: "a group is removed amid a return",
    prepare(world) {
      const { group: removed, pool, accounts } = group(world);
      world.hold(accounts[1] as number, pool, 5);
      return [(me) => me.rmdir(removed), (me) => me.uncharge(accounts[1] as number, pool, 5)];
    },
  },
  {
    name: "a pool's slot becomes another's amid a charge by an old handle",
    capacity: { pools: 2 },
    prepare(world) {
      const { region, group: removed, pool, accounts } = group(world);
      return [
        (me) => {
          me.rmdir(removed);
          const next = me.mkdir(world.root, "b");
          if (next !== null) me.pool(next, region);
        },
        (me) => {
          if (me.tryCharge(accounts[1] as number, pool, 5)) me.uncharge(accounts[1] as number, pool, 5);
        },
      ];
    },
    answers: "any", // a charge that backs out may keep the slot from being freed in time
  },
  {
    name: "two make the same pool",
    prepare(world) {
      const region = world.region("vram");
      const group = world.mkdir(world.root, "a");
      return [(me) => void me.pool(group, region), (me) => void me.pool(group, region)];
    },
  },
  {
    name: "a pool is made of a group that is removed",
    prepare(world) {
      const region = world.region("vram");
      const group = world.mkdir(world.root, "a");
      return [(me) => void me.pool(group, region), (me) => me.rmdir(group)];
    },
  },
  {
    name: "the controller is taken away amid a charge",
    prepare(world) {
      const { group: child, pool, accounts } = group(world);
      world.call.delegate(1, child.id, child.generation, false);
      return [
        (me) => me.delegate(world.root, false),
        (me) => {
          if (me.tryCharge(accounts[1] as number, pool, 5)) me.uncharge(accounts[1] as number, pool, 5);
        },
      ];
    },
  },
  {
    name: "an account is opened while its pool is freed",
    prepare(world) {
      const region = world.region("vram");
      const removed = world.mkdir(world.root, "a");
      const pool = world.pool(removed, region);
      return [(me) => me.rmdir(removed), (me) => void me.account(pool)];
    },
  },
];
