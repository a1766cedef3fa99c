import {
  POOL_SHIFT,
  SPENT,
  TICKET,
  TICKET_GENERATION,
  TICKET_OPEN,
  TICKET_POOL,
  TICKET_STATE,
} from "../../assembly/abi.ts";
import { type Bytes, formatBytes, requireBytes, show } from "../core/bytes.ts";
import type { Core } from "../core/core.ts";
import { DmemError, rangeError } from "../core/errors.ts";
import type { Pool } from "./pool.ts";

/** Bytes on their way from one thread to another: a number, good for one {@link Pool.adopt}. */
export type Ticket = number & { readonly ticket: unique symbol };

/** A ticket is its slot's generation and id in one exact double: 32 bits and 21. */
const IDS = 2 ** 21;

export function handOver(core: Core, pool: Pool, bytes: Bytes): Ticket {
  requireBytes(bytes, "An amount");
  if (bytes === 0) throw rangeError("Nothing cannot be handed over: an amount here is at least 1.");
  const isGone = pool.find() === 0 && (pool.retired || !pool.region.registered);
  if (!isGone && bytes > pool.held) {
    throw new DmemError(
      "EINVAL",
      `This thread holds ${formatBytes(pool.held)} of ${pool.subject}; it cannot hand over ${formatBytes(bytes)}.`,
    );
  }
  const account = pool.account();
  const id = core.change(() => core.call.handOver(core.agent, account, pool.stamp, bytes), pool.subject);
  return (core.word(core.addressOf(TICKET, id) + TICKET_GENERATION) * IDS + id) as Ticket;
}

export function adopt(core: Core, pool: Pool, ticket: Ticket): Bytes {
  if (!Number.isSafeInteger(ticket) || ticket < 1) {
    throw rangeError(`A ticket is what handOver returns, not ${show(ticket)}.`);
  }
  const [id, generation] = [ticket % IDS, Math.floor(ticket / IDS)];
  if (!isOpen(core, pool, { id, generation })) throw spent(pool, ticket); // before an account is opened for nothing
  const account = pool.account();
  const attempt = () => core.call.adopt(core.agent, account, pool.stamp, id, generation);
  const adopted = core.change(() => {
    const result = attempt();
    if (result === SPENT) throw spent(pool, ticket);
    return result;
  }, pool.subject);
  return adopted;
}

function isOpen(core: Core, pool: Pool, ticket: { id: number; generation: number }): boolean {
  if (ticket.id > core.capacityOf(TICKET)) return false;
  const address = core.addressOf(TICKET, ticket.id);
  return (
    core.word(address + TICKET_STATE) === TICKET_OPEN &&
    core.word(address + TICKET_GENERATION) === ticket.generation &&
    core.word(address + TICKET_POOL) >>> POOL_SHIFT === pool.find()
  );
}

function spent(pool: Pool, ticket: Ticket): DmemError {
  return new DmemError(
    "EINVAL",
    `${pool.subject} has no ticket ${ticket}: it was adopted already, taken back, or made for another pool.`,
  );
}
