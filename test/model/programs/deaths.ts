import { EXISTS, OK, POOL_USAGE, SPENT } from "../../../assembly/abi.ts";
import { Library } from "../engine/library.ts";
import type { Program } from "../engine/program.ts";
import type { Tenant } from "../engine/tenant.ts";
import { type Death, death, type Scene, UNDISTURBED } from "./death.ts";

function makeGroup(me: Tenant, { world }: Scene): void {
  me.mkdir(world.root, "c");
}

/** A turn of an agent that keeps a stock. */
function turn(me: Tenant, { world, pool, accounts }: Scene, charges: readonly number[]): void {
  const library = new Library(me, world);
  const stock = library.stock(accounts[me.id - 1] as number, pool);
  for (const bytes of charges) library.tryCharge(stock, pool, bytes);
  library.endTurn();
}

function keepStock(agent: number): (scene: Scene) => void {
  return ({ world, accounts }) => void world.call.keepStock(agent, accounts[agent - 1] as number, 4);
}

const CHARGING: readonly Death[] = [
  {
    name: "amid a charge",
    victim: (me, { pool, accounts }) => void me.tryCharge(accounts[0], pool, 6),
  },
  {
    name: "amid a charge that is refused",
    before: ({ world, top }) => world.setMax(top, 46),
    victim: (me, { pool, accounts }) => void me.tryCharge(accounts[0], pool, 7),
    comesTo: [UNDISTURBED, ["refused"]],
  },
  {
    name: "amid a return",
    victim: (me, { pool, accounts }) => me.uncharge(accounts[0], pool, 6),
  },
  {
    name: "while it detaches",
    victim: (me) => me.detach(),
  },
  {
    name: "while it detaches and attaches again",
    preemptions: 2,
    victim: (me) => {
      me.detach();
      me.attach();
    },
  },
];

const STOCKED: readonly Death[] = [
  {
    name: "at work with a stock",
    before: keepStock(1),
    victim: (me, scene) => turn(me, scene, [1, 1]),
  },
  {
    name: "with a stock that another takes off the shelf",
    before: keepStock(1),
    victim: (me, scene) => turn(me, scene, [1]),
    survivor: (me, { top }) => void me.waitOut(() => me.call.gatherStock(me.id, top.id)),
    comesTo: [[]],
  },
  {
    name: "while it takes another's stock off the shelf",
    before: (scene) => {
      keepStock(2)(scene);
      scene.world.call.tryChargeAhead(scene.accounts[1], scene.pool.stamp, 1);
      scene.world.call.shelve(scene.accounts[1]);
    },
    victim: (me, { top }) => void me.waitOut(() => me.call.gatherStock(me.id, top.id)),
    survivor: (me, scene) => turn(me, scene, [1]),
    comesTo: [["charged"]],
  },
  {
    name: "in need of stocks",
    victim: (me) => {
      me.waitOut(() => me.call.need(me.id, true));
      me.waitOut(() => me.call.need(me.id, false));
    },
  },
  {
    name: "while it begins to keep a stock",
    victim: (me, { accounts }) => void me.waitOut(() => me.call.keepStock(me.id, accounts[0], 4)),
  },
  {
    name: "while it ceases to keep a stock",
    before: (scene) => {
      keepStock(1)(scene);
      scene.world.call.tryChargeAhead(scene.accounts[0], scene.pool.stamp, 1);
    },
    victim: (me, { accounts }) => void me.waitOut(() => me.call.keepStock(me.id, accounts[0], 0)),
  },
];

const GIVING: readonly Death[] = [
  {
    name: "while it hands over",
    victim: (me, { pool, accounts }) => void me.handOver(accounts[0], pool, 3),
  },
  {
    name: "while its ticket is adopted",
    victim: (me, { pool, accounts }) => void me.handOver(accounts[0], pool, 3),
    survivor: (me, { pool, accounts }) => void me.adopt(accounts[1], pool, { id: 1, generation: 0 }),
    comesTo: [[3], [SPENT]],
  },
  {
    name: "while it adopts",
    before: ({ world, pool, accounts }) => void world.call.handOver(2, accounts[1], pool.stamp, 3),
    victim: (me, { pool, accounts }) => void me.adopt(accounts[0], pool, { id: 1, generation: 0 }),
  },
];

const STRUCTURE: readonly Death[] = [
  {
    name: "while it makes a group",
    victim: makeGroup,
    survivor: makeGroup,
    comesTo: [["made"], [EXISTS]],
  },
  {
    name: "while it removes a group where others charge",
    victim: (me, { group }) => me.rmdir(group),
    comesTo: [UNDISTURBED, ["gone"]],
  },
  {
    name: "while it makes a pool",
    before: ({ world }) => void world.mkdir(world.root, "b"),
    victim: (me, { region }) => void me.pool({ id: 3, generation: 0 }, region),
    survivor: (me, { region }) => void me.pool({ id: 3, generation: 0 }, region),
    comesTo: [["made"]],
  },
  {
    name: "while it opens an account",
    victim: (me, { top }) => void me.account(top),
    survivor: (me, { top }) => void me.account(top),
    comesTo: [["opened"]],
  },
  {
    name: "while it registers a region",
    victim: (me) => me.registerRegion("gtt"),
    survivor: (me) => me.registerRegion("gtt"),
    comesTo: [["registered"], [EXISTS]],
  },
  {
    name: "while it unregisters a region where others charge",
    victim: (me, { region }) => me.unregisterRegion(region),
    comesTo: [UNDISTURBED, ["gone"]],
  },
  {
    name: "while it sets min",
    before: ({ world, region }) => {
      const { id, stamp } = world.pool(world.mkdir(world.root, "b"), region);
      world.call.setMin(1, id, stamp, 3n);
    },
    victim: (me, { pool }) => me.setMin(pool, 5),
    survivor: (me, { pool }) => me.setLow(pool, 5),
    comesTo: [[OK]],
  },
  {
    name: "while it sets max",
    victim: (me, { pool }) => me.setMax(pool, 100),
  },
  {
    name: "while it takes the controller away where others charge",
    before: ({ world, group }) => void world.call.delegate(1, group.id, group.generation, false),
    victim: (me, { world }) => me.delegate(world.root, false),
    comesTo: [UNDISTURBED, ["gone"]],
  },
];

/** One died amid a charge before the program begins; whoever clears up after it may die, too. */
const SECOND_DEATH: Death = {
  name: "while it clears up after another",
  capacity: { agents: 4, accounts: 8 },
  preemptions: 1,
  before: ({ world, pool }) => {
    const account = world.account(world.agents[3] as Tenant, pool);
    world.hold(account, pool, 10);
    world.begin(account, 6);
    world.words.write(pool.address + POOL_USAGE, 64, world.words.read(pool.address + POOL_USAGE, 64) + 6);
  },
  victim: (me, { world }) => new Library(me, world).recover([4]),
};

export const DEATHS: readonly Program[] = [
  ...CHARGING,
  SECOND_DEATH,
  ...[...STOCKED, ...GIVING, ...STRUCTURE].map((death) => ({ preemptions: 2, ...death })),
].map(death);
