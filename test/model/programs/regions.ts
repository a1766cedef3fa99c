import type { Program } from "../engine/program.ts";
import type { Pool } from "../engine/world.ts";

export const REGIONS: readonly Program[] = [
  {
    name: "two register a region of the same name",
    prepare: () => [(me) => me.registerRegion("vram"), (me) => me.registerRegion("vram")],
  },
  {
    name: "two register regions, and there is room for one",
    capacity: { regions: 1 },
    prepare: () => [(me) => me.registerRegion("vram"), (me) => me.registerRegion("gtt")],
  },
  {
    name: "a region is unregistered amid a charge, and collected after it",
    prepare(world) {
      const region = world.region("vram");
      const [, pool] = world.chain(region, 1) as [Pool, Pool];
      const accounts = world.agents.map((agent) => world.account(agent, pool));
      return [
        (me) => me.unregisterRegion(region),
        (me) => {
          if (me.tryCharge(accounts[1] as number, pool, 5)) me.uncharge(accounts[1] as number, pool, 5);
        },
      ];
    },
  },
  {
    name: "a region is unregistered while a pool of it is made",
    prepare(world) {
      const region = world.region("vram");
      const group = world.mkdir(world.root, "a");
      return [(me) => me.unregisterRegion(region), (me) => void me.pool(group, region)];
    },
  },
  {
    name: "one region is unregistered while another is registered",
    prepare(world) {
      const region = world.region("vram");
      return [(me) => me.unregisterRegion(region), (me) => me.registerRegion("vram")];
    },
  },
  {
    name: "region and group of a pool go at once",
    prepare(world) {
      const region = world.region("vram");
      const group = world.mkdir(world.root, "a");
      const pool = world.pool(group, region);
      world.reachPeaks(pool);
      const account = world.account(world.agents[1] as (typeof world.agents)[0], pool);
      world.hold(account, pool, 5);
      return [
        (me) => me.unregisterRegion(region),
        (me) => {
          me.rmdir(group);
          me.uncharge(account, pool, 5);
        },
      ];
    },
  },
];
