import { AGENT, AGENT_FREE, AGENT_GENERATION, AGENT_STATE, ARENA_LOCK, OK } from "../../../assembly/abi.ts";
import type { Answers } from "../engine/actor.ts";
import { Library } from "../engine/library.ts";
import type { Program } from "../engine/program.ts";
import type { Tenant } from "../engine/tenant.ts";
import type { Group, Pool, World } from "../engine/world.ts";

/** A group below the root where three agents work: one dies, one lives on, one clears up. */
export interface Scene {
  readonly world: World;
  readonly region: Group;
  readonly group: Group;
  readonly pool: Pool;
  readonly top: Pool;
  readonly accounts: readonly [number, number, number];
}

export interface Death {
  readonly name: string;
  readonly capacity?: Program["capacity"];
  readonly preemptions?: number;
  /** What comes before. */
  readonly before?: (scene: Scene) => void;
  /** What it does when it dies. */
  readonly victim: (me: Tenant, scene: Scene) => void;
  /** What another does meanwhile; without it, a charge and a return. */
  readonly survivor?: (me: Tenant, scene: Scene) => void;
  /** What that may come to. */
  readonly comesTo?: readonly Answers[];
}

export const UNDISTURBED: Answers = ["charged", "returned"];

export function death(of: Death): Program {
  const { name, capacity = {}, before, victim, survivor = chargeAndReturn, comesTo = [UNDISTURBED], preemptions } = of;
  return {
    name: `death ${name}`,
    answers: "any",
    capacity: { agents: 3, cgroups: 3, pools: 4, ...capacity },
    mortals: [0],
    mayExceed: false,
    ...(preemptions === undefined ? {} : { preemptions }),
    prepare(world) {
      const region = world.region("vram");
      const group = world.mkdir(world.root, "a");
      const pool = world.pool(group, region);
      world.reachPeaks(pool);
      const top = world.levels(pool)[1] as Pool;
      const accounts = world.agents.map((agent) => world.account(agent, pool)) as [number, number, number];
      for (const account of accounts.slice(0, 2)) world.hold(account, pool, 20);
      const scene = { world, region, group, pool, top, accounts };
      before?.(scene);
      return [
        (me) => victim(me, scene),
        (me) => survivor(me, scene),
        (me) => {
          me.untilDead(world.agents[0] as Tenant);
          new Library(me, world).recover([1, 4]);
        },
      ];
    },
    check(world, [, answers]) {
      const isAllowed = comesTo.some((allowed) => JSON.stringify(allowed) === JSON.stringify(answers));
      if (!isAllowed) throw new Error(`the survivor's calls come to ${JSON.stringify(answers)}`);
      if (world.actors[0]?.state === "dead") recoverAtRest(world, 1);
      if (capacity.agents === 4) recoverAtRest(world, 4);
    },
  };
}

/** What could not be settled while others were in the middle of something is settled when they are not. */
function recoverAtRest(world: World, dead: number): void {
  const record = world.addressOf(AGENT, dead);
  const state = () => world.words.read(record + AGENT_STATE, 32);
  const generation = world.words.read(record + AGENT_GENERATION, 32);
  const owner = world.words.read(ARENA_LOCK, 32);
  if (owner !== 0) world.call.takeOver(3, owner);
  if (state() !== AGENT_FREE && world.call.recover(3, dead, generation) !== OK)
    throw new Error("it cannot be settled at rest");
  if (state() !== AGENT_FREE) throw new Error("it is still there");
}

function chargeAndReturn(me: Tenant, { pool, accounts }: Scene): void {
  if (me.tryCharge(accounts[1], pool, 5)) me.uncharge(accounts[1], pool, 5);
}
