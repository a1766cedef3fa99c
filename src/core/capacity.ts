import {
  ACCOUNT,
  ACCOUNT_NEXT,
  ACCOUNT_STRIDE,
  AGENT,
  AGENT_IDS,
  AGENT_LINK,
  AGENT_STRIDE,
  CGROUP,
  CGROUP_LINK,
  CGROUP_STRIDE,
  POOL,
  POOL_LINK,
  POOL_STRIDE,
  REGION,
  REGION_LINK,
  REGION_STRIDE,
  TICKET,
  TICKET_NEXT,
  TICKET_STRIDE,
} from "../../assembly/abi.ts";
import { show } from "./bytes.ts";
import { rangeError } from "./errors.ts";

/** How many records of each kind an arena has room for. It never grows; a full one answers `ENOSPC`. */
export interface Capacity {
  /** Groups, the root and removed ones with charges included. Default 4,096; 320 bytes each. */
  readonly cgroups: number;
  /** Regions. Default 32, at most 65,535; 320 bytes each. */
  readonly regions: number;
  /** Counters, one for each group and region that is used together. Default 4 a cgroup; 128 bytes each. */
  readonly pools: number;
  /** Threads (and processes) attached at the same time. Default 64, at most 65,535; 384 bytes each. */
  readonly agents: number;
  /** One for each pool that an agent charges to. Default 4 a pool; 64 bytes each. */
  readonly accounts: number;
  /** Amounts that are handed over and not yet adopted. Default 4,096; 64 bytes each. */
  readonly tickets: number;
}

/** What the module needs to know of a kind of record. */
export interface Shape {
  readonly kind: number;
  readonly name: keyof Capacity;
  readonly stride: number;
  readonly link: number;
}

/** In the order in which they lie in the arena; accounts first, at an address that the core knows. */
export const SHAPES: readonly Shape[] = [
  { kind: ACCOUNT, name: "accounts", stride: ACCOUNT_STRIDE, link: ACCOUNT_NEXT },
  { kind: AGENT, name: "agents", stride: AGENT_STRIDE, link: AGENT_LINK },
  { kind: CGROUP, name: "cgroups", stride: CGROUP_STRIDE, link: CGROUP_LINK },
  { kind: REGION, name: "regions", stride: REGION_STRIDE, link: REGION_LINK },
  { kind: POOL, name: "pools", stride: POOL_STRIDE, link: POOL_LINK },
  { kind: TICKET, name: "tickets", stride: TICKET_STRIDE, link: TICKET_NEXT },
];

/**
 * The most of each kind, where something narrower than memory bounds it: a pool's region is 16 bits, a ticket's id 21,
 * the lock's owner 16.
 */
const MOST: Partial<Record<string, number>> = { regions: 0xffff, tickets: 2 ** 21 - 1, agents: AGENT_IDS };

export function completeCapacity(given: Partial<Capacity> = {}): Capacity {
  const cgroups = given.cgroups ?? 4096;
  const pools = given.pools ?? cgroups * 4;
  const whole: Capacity = {
    cgroups,
    pools,
    regions: given.regions ?? 32,
    agents: given.agents ?? 64,
    accounts: given.accounts ?? pools * 4,
    tickets: given.tickets ?? 4096,
  };
  for (const [name, value] of Object.entries({ ...given, ...whole })) check(name, value, whole);
  return whole;
}

function check(name: string, value: unknown, known: Capacity): void {
  if (!Object.hasOwn(known, name)) {
    throw rangeError(`capacity.${name} is none of ${Object.keys(known).join(", ")}.`);
  }
  const most = MOST[name] ?? 0x7fffffff;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > most) {
    throw rangeError(`capacity.${name} is a whole number from 1 to ${most}, not ${show(value)}.`);
  }
}
