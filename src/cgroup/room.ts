import { CGROUP, POOL_CGROUP, POOL_REGION, POOL_SHIFT, POOL_STAMP, STAMP_SHIFT } from "../../assembly/abi.ts";
import { type Bytes, requireBytes } from "../core/bytes.ts";
import type { Core } from "../core/core.ts";
import type { Request } from "../core/requests.ts";
import { type Holder, heldBy, holdersBelow } from "./holders.ts";
import type { Pool } from "./pool.ts";
import type { Tree } from "./tree.ts";

/** How much room is wanted, and how long to wait for each holder. */
interface Wish {
  readonly bytes: Bytes | undefined;
  readonly timeoutMs: number;
}

/** Asks holder after holder, until enough was given back or nobody brings anything any more. */
export async function reclaimFromHolders(core: Core, pool: Pool, wish: Wish): Promise<Bytes> {
  const bytes = wish.bytes ?? Math.max(0, pool.usage - pool.max);
  requireBytes(bytes, "An amount");
  const fruitless = new Set<number>();
  let given = 0;
  for (const ignoreLow of [false, true]) {
    while (given < bytes && core.attached) {
      const holders = holdersBelow(core, pool.find(), { ignoreLow });
      const holder = holders.find(({ agent, account }) => core.requests.isOpen(agent) && !fruitless.has(account));
      if (holder === undefined) break;
      const brought = await ask(core, holder, { ...wish, bytes: bytes - given });
      if (brought <= 0) fruitless.add(holder.account);
      else given += brought;
    }
  }
  return given;
}

async function ask(core: Core, holder: Holder, { bytes, timeoutMs }: Wish): Promise<Bytes> {
  const { agent, account, pool, stamp } = holder;
  const request = { pool, stamp, bytes: Math.min(bytes ?? 0, holder.bytes) };
  const before = heldBy(core, account);
  // Stryker disable next-line ConditionalExpression: only quicker: it could ring at itself
  if (agent === core.agent) core.requests.serve(request);
  else if (!(await core.requests.ask(agent, request, timeoutMs))) return 0;
  return core.attached ? before - heldBy(core, account) : 0;
}

/** Does what another agent asks: calls this thread's `reclaim` for the pool, if that is still in the same use. */
export function serve(tree: Tree, request: Request): void {
  const { core } = tree;
  const address = request.pool << POOL_SHIFT;
  if ((core.word(address + POOL_STAMP) ^ request.stamp) >>> STAMP_SHIFT !== 0) return;
  const region = tree.region(core.word(address + POOL_REGION) & 0xffff);
  const cgroup = tree.cgroup(core.idOf(CGROUP, core.word(address + POOL_CGROUP)));
  if (region?.reclaim === undefined || cgroup === null) return;
  const pool = cgroup.poolWithId(region, request.pool);
  if (pool !== null) region.reclaim(pool, request.bytes, region);
}
