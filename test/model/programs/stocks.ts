import { Library } from "../engine/library.ts";
import type { Program } from "../engine/program.ts";
import type { Tenant } from "../engine/tenant.ts";
import type { Pool, World } from "../engine/world.ts";

interface Stocked {
  readonly world: World;
  readonly pool: Pool;
  readonly top: Pool;
  /** The accounts of all agents. */
  readonly accounts: readonly number[];
}

/** A group with a limit, where the first agents keep a stock. */
function stocked(world: World, { batch = 4, max = 10, keepers = 1 } = {}): Stocked {
  const [top, pool] = world.chain(world.region("vram"), 1) as [Pool, Pool];
  world.setMax(top, max);
  const accounts = world.agents.map((agent) => world.account(agent, pool));
  for (let i = 0; i < keepers; i++) world.call.keepStock(i + 1, accounts[i] as number, batch);
  return { world, pool, top, accounts };
}

/** An agent's turn: it charges from its stock, and puts it down. */
function turn({ world, pool, accounts }: Stocked, charges: readonly number[]): (me: Tenant) => void {
  return (me) => {
    const library = new Library(me, world);
    const stock = library.stock(accounts[me.id - 1] as number, pool);
    for (const bytes of charges) library.tryCharge(stock, pool, bytes);
    library.endTurn();
  };
}

export const STOCKS: readonly Program[] = [
  {
    name: "a charge that fits only with another's stock returned is not refused",
    answers: "any",
    prepare(world) {
      const all = stocked(world);
      return [
        turn(all, [1, 1]),
        (me) => {
          if (!new Library(me, world).tryChargePlainly(all.accounts[1] as number, all.pool, 8)) {
            throw new Error("8 bytes are refused where 10 fit and 2 are held");
          }
        },
      ];
    },
  },
  {
    name: "two that keep stocks charge all there is room for",
    answers: "any",
    prepare(world) {
      const all = stocked(world, { keepers: 2 });
      return [turn(all, [1, 4]), turn(all, [5])];
    },
    check(_, answers) {
      if (answers.flat().includes("refused")) throw new Error("a charge is refused that fits");
    },
  },
  {
    name: "a stock is returned while its agent charges and returns from it",
    answers: "any",
    prepare(world) {
      const all = stocked(world, { max: 100 });
      return [
        (me) => {
          const library = new Library(me, world);
          const stock = library.stock(all.accounts[0] as number, all.pool);
          if (library.tryCharge(stock, all.pool, 2)) library.uncharge(stock, all.pool, 1);
          library.endTurn();
          library.tryCharge(stock, all.pool, 1);
          library.endTurn();
        },
        (me) => new Library(me, world).stocks.gather(all.top.id, () => false),
      ];
    },
  },
  {
    name: "two return the stock of a third",
    answers: "any",
    capacity: { agents: 3 },
    preemptions: 3,
    prepare(world) {
      const all = stocked(world, { max: 100 });
      const gather = (me: Tenant) => new Library(me, world).stocks.gather(all.top.id, () => false);
      return [turn(all, [1, 1]), gather, gather];
    },
  },
  {
    name: "two that keep stocks wait for each other's",
    answers: "any",
    prepare(world) {
      const all = stocked(world, { keepers: 2, max: 100 });
      const both = (me: Tenant) => {
        const library = new Library(me, world);
        const stock = library.stock(all.accounts[me.id - 1] as number, all.pool);
        library.tryCharge(stock, all.pool, 1);
        library.stocks.gather(all.top.id, () => false);
        library.endTurn();
      };
      return [both, both];
    },
  },
  {
    name: "a stock is given up while another returns it",
    answers: "any",
    prepare(world) {
      const all = stocked(world, { max: 100 });
      return [
        (me) => {
          turn(all, [1])(me);
          me.waitOut(() => me.call.keepStock(me.id, all.accounts[0] as number, 0));
        },
        (me) => new Library(me, world).stocks.gather(all.top.id, () => false),
      ];
    },
  },
  {
    name: "a group is removed while a stock is kept there",
    answers: "any",
    prepare(world) {
      const region = world.region("vram");
      const group = world.mkdir(world.root, "a");
      const pool = world.pool(group, region);
      world.reachPeaks(pool);
      const accounts = world.agents.map((agent) => world.account(agent, pool));
      world.call.keepStock(1, accounts[0] as number, 4);
      return [turn({ world, pool, top: pool, accounts }, [1, 1]), (me) => me.rmdir(group)];
    },
  },
  {
    name: "an agent that keeps a stock detaches while another returns it",
    answers: "any",
    prepare(world) {
      const all = stocked(world, { max: 100 });
      return [
        (me) => {
          turn(all, [1])(me);
          me.detach();
        },
        (me) => new Library(me, world).stocks.gather(all.top.id, () => false),
      ];
    },
  },
];
