import { ARENA_LOCK, ARENA_LOCK_WAITERS } from "../../../assembly/abi.ts";
import { ADD, GET, SUBTRACT } from "../../../assembly/access.ts";
import type { Program } from "../engine/program.ts";
import type { Tenant } from "../engine/tenant.ts";
import type { Pool } from "../engine/world.ts";

export const AGENTS: readonly Program[] = [
  {
    name: "an agent detaches amid a charge of another",
    prepare(world) {
      const [, pool] = world.chain(world.region("vram"), 1) as [Pool, Pool];
      world.setMax(pool, 10);
      const accounts = world.agents.map((agent) => world.account(agent, pool)) as [number, number];
      world.hold(accounts[0], pool, 8);
      return [
        (me) => me.detach(),
        (me) => {
          me.tryCharge(accounts[1], pool, 5);
          me.tryCharge(accounts[1], pool, 5);
        },
      ];
    },
  },
  {
    name: "two detach, and a group goes with what they held",
    prepare(world) {
      const region = world.region("vram");
      const group = world.mkdir(world.root, "a");
      const pool = world.pool(group, region);
      world.reachPeaks(pool);
      for (const agent of world.agents) world.hold(world.account(agent, pool), pool, 5);
      world.call.removeCgroup(1, group.id, group.generation);
      return [(me) => me.detach(), (me) => me.detach()];
    },
  },
  {
    name: "two detach and attach again",
    prepare(world) {
      const pool = world.chain(world.region("vram"), 0)[0] as Pool;
      for (const agent of world.agents) world.hold(world.account(agent, pool), pool, 5);
      const again = (me: Tenant) => {
        me.detach();
        me.attach();
        me.account(pool);
      };
      return [again, again];
    },
  },
  {
    name: "accounts are opened, and there is room for one",
    capacity: { accounts: 1 },
    prepare(world) {
      const pool = world.chain(world.region("vram"), 0)[0] as Pool;
      return [(me) => void me.account(pool), (me) => void me.account(pool)];
    },
    answers: "any",
  },
  {
    name: "two sleep until the lock is free",
    prepare: () => [lockAndUnlock, lockAndUnlock],
  },
  {
    name: "three sleep until the lock is free",
    capacity: { agents: 3 },
    prepare: () => [lockAndUnlock, lockAndUnlock, lockAndUnlock],
  },
];

/** As the library waits for the lock: it sleeps, and is woken. */
function lockAndUnlock(me: Tenant): void {
  while (!me.call.lock(me.id)) {
    const owner = me.whole(() => me.access(GET, ARENA_LOCK));
    if (owner === 0) continue;
    me.whole(() => me.access(ADD, ARENA_LOCK_WAITERS, { value: 1 }));
    me.sleep(ARENA_LOCK, owner);
    me.whole(() => me.access(SUBTRACT, ARENA_LOCK_WAITERS, { value: 1 }));
  }
  me.call.unlock();
}
