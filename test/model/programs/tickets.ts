import type { Program } from "../engine/program.ts";
import type { Pool, World } from "../engine/world.ts";

/** A group where the first agent holds ten bytes; four of them lie in a ticket. */
function given(world: World) {
  const [, pool] = world.chain(world.region("vram"), 1) as [Pool, Pool];
  const accounts = world.agents.map((agent) => world.account(agent, pool)) as [number, number, number];
  world.hold(accounts[0], pool, 10);
  const ticket = { id: world.call.handOver(1, accounts[0], pool.stamp, 4), generation: 0 };
  return { pool, accounts, ticket };
}

export const TICKETS: readonly Program[] = [
  {
    name: "two adopt the same ticket",
    prepare(world) {
      const { pool, accounts, ticket } = given(world);
      return [(me) => void me.adopt(accounts[0], pool, ticket), (me) => void me.adopt(accounts[1], pool, ticket)];
    },
  },
  {
    name: "a ticket is adopted while its giver detaches",
    prepare(world) {
      const { pool, accounts, ticket } = given(world);
      return [
        (me) => me.detach(),
        (me) => {
          const bytes = me.adopt(accounts[1], pool, ticket);
          if (bytes > 0) me.uncharge(accounts[1], pool, bytes);
        },
      ];
    },
  },
  {
    name: "bytes are handed over and adopted at once",
    prepare(world) {
      const { pool, accounts } = given(world);
      return [
        (me) => void me.handOver(accounts[0], pool, 3),
        (me) => void me.adopt(accounts[1], pool, { id: 2, generation: 0 }),
      ];
    },
  },
  {
    name: "two hand over, and there is room for one",
    prepare(world) {
      const { pool, accounts } = given(world);
      world.hold(accounts[1], pool, 5);
      return [(me) => void me.handOver(accounts[0], pool, 3), (me) => void me.handOver(accounts[1], pool, 2)];
    },
  },
];
