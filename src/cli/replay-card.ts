import { type Cgroup, type Dmem, DmemError, type Pool, type Region } from "../index.ts";
import { ALLOCATES_IN_SYSTEM } from "../trace/allocation-trace.ts";
import { ANSWER, type Answer } from "../trace/trace-player.ts";
import {
  type BufferObject,
  CountManager,
  type Move,
  PAGE_BYTES,
  type Placement,
  SystemManager,
  TtmDevice,
} from "../ttm/index.ts";
import { Grain } from "./grain.ts";
import type { Request } from "./mailbox.ts";

const VRAM = "vram";
const SYSTEM = "system";

const IN_SYSTEM: Placement = [{ type: SYSTEM }];
/**
 * What can be moved may be in either; others are evicted for it only while it is within its protection. As amdgpu asks.
 */
const MOVABLE: Placement = [{ type: VRAM }, { type: SYSTEM }];
/** What cannot be moved has to be on the card, and others are evicted for it. */
const UNMOVABLE: Placement = [{ type: VRAM }];

/** Whose memory a card holds. */
export interface CardTenant {
  readonly cgroup: Cgroup;
  /** Whether its memory can be moved to system memory. */
  readonly movable: boolean;
}

/** Buffers, and their bytes. */
export interface BufferTally {
  buffers: number;
  bytes: number;
}

/** In bytes. */
export interface Occupancy {
  /** On the card now. */
  readonly charged: number;
  /** On the card at the most. */
  readonly peak: number;
}

export interface TenantFigures extends Occupancy {
  /** In system memory now, in bytes. */
  readonly inSystem: number;
  /** From the card, for others. */
  readonly evicted: Readonly<BufferTally>;
  /** From one memory to another, for whatever reason. */
  readonly moved: Readonly<BufferTally>;
}

interface Holding {
  readonly tenant: Tenant;
  readonly bytes: number;
  /** `null`: of no bytes. */
  readonly bo: BufferObject | null;
}

/** One tenant, and what it has. */
class Tenant {
  readonly cgroup: Cgroup;
  readonly movable: boolean;
  readonly pool: Pool;
  /** By the number of the request that allocated. */
  readonly holdings = new Map<number, Holding>();
  peak = 0;
  inSystem = 0;
  readonly evicted: BufferTally = { buffers: 0, bytes: 0 };
  readonly moved: BufferTally = { buffers: 0, bytes: 0 };

  constructor({ cgroup, movable }: CardTenant, region: Region) {
    this.cgroup = cgroup;
    this.movable = movable;
    this.pool = cgroup.pool(region);
  }
}

/**
 * A card with VRAM and system memory behind it, which serves tenants' requests and evicts for them.
 *
 * VRAM is a budget without addresses: a buffer may be in as many pieces as it takes, as it may in xe's and amdgpu's
 * VRAM.
 */
export class ReplayCard {
  readonly #grain: Grain;
  /** Of VRAM. */
  readonly #pages: number;
  readonly #device: TtmDevice;
  readonly #tenants: readonly Tenant[];
  /** What can be moved. */
  readonly #movable = new Map<BufferObject, Holding>();
  #peak = 0;

  /** @param region what accounts the VRAM; its size counts in {@link Grain}s */
  constructor(dmem: Dmem, region: Region, { capacity, tenants }: { capacity: number; tenants: readonly CardTenant[] }) {
    this.#grain = new Grain(capacity);
    this.#pages = Math.floor(capacity / this.#grain.bytes);
    this.#tenants = tenants.map((tenant) => new Tenant(tenant, region));
    this.#device = new TtmDevice({
      dmem,
      memories: {
        [VRAM]: { manager: new CountManager(this.#pages), region },
        [SYSTEM]: { manager: new SystemManager() },
      },
      driver: { evictionPlacement: () => IN_SYSTEM, move: (move) => this.#note(move) },
    });
  }

  /** @param tenant by its number */
  serve(tenant: number, request: Request): Answer {
    const asking = this.#tenants[tenant] as Tenant;
    return request.freed < 0 ? this.#allocate(asking, request) : this.#free(asking, request.freed);
  }

  get figures(): Occupancy {
    return { charged: this.#charged, peak: this.#peak };
  }

  /** @param tenant by its number */
  figuresOf(tenant: number): TenantFigures {
    const { pool, peak, inSystem, evicted, moved } = this.#tenants[tenant] as Tenant;
    return { charged: this.#grain.fromPool(pool.usage), peak, inSystem, evicted, moved };
  }

  get #charged(): number {
    return this.#device.usedPages(VRAM) * this.#grain.bytes;
  }

  #allocate(tenant: Tenant, { number, freed, bytes }: Request): Answer {
    const placement = freed === ALLOCATES_IN_SYSTEM ? IN_SYSTEM : tenant.movable ? MOVABLE : UNMOVABLE;
    if (bytes === 0) {
      tenant.holdings.set(number, { tenant, bytes, bo: null });
      return placement === IN_SYSTEM ? ANSWER.inSystem : ANSWER.inVram;
    }
    const size = this.#grain.pages(bytes) * PAGE_BYTES;
    const bo = this.#place(tenant, size, placement);
    if (bo === null) return isBeyondMax(tenant.pool, size) ? ANSWER.refusedByTenant : ANSWER.refusedByCard;
    this.#hold(number, { tenant, bytes, bo });
    return bo.place === VRAM ? ANSWER.inVram : ANSWER.inSystem;
  }

  /** @returns `null` if there is no room that the tenant may have */
  #place({ cgroup }: Tenant, size: number, placement: Placement): BufferObject | null {
    try {
      return this.#device.create({ size, owner: cgroup, placement });
    } catch (error) {
      // What is larger than the card is no want of room to a device, but EINVAL.
      const refusal = size > this.#pages * PAGE_BYTES ? ["ENOSPC", "EINVAL"] : ["ENOSPC"];
      if (error instanceof DmemError && refusal.includes(error.code)) return null;
      throw error;
    }
  }

  #hold(number: number, holding: Holding & { readonly bo: BufferObject }): void {
    const { tenant, bo, bytes } = holding;
    tenant.holdings.set(number, holding);
    if (tenant.movable) this.#movable.set(bo, holding);
    else bo.pin();
    if (bo.place === SYSTEM) tenant.inSystem += bytes;
    // Not the pools' own peaks: those count a charge also if no space was found for it afterwards.
    tenant.peak = Math.max(tenant.peak, this.#grain.fromPool(tenant.pool.usage));
    this.#peak = Math.max(this.#peak, this.#charged);
  }

  #free(tenant: Tenant, number: number): Answer {
    const holding = tenant.holdings.get(number);
    if (holding === undefined) return ANSWER.nothingToFree;
    const { bo, bytes } = holding;
    tenant.holdings.delete(number);
    if (bo === null) return ANSWER.freed;
    if (bo.place === SYSTEM) tenant.inSystem -= bytes;
    this.#movable.delete(bo);
    bo.free();
    return ANSWER.freed;
  }

  /** The driver's part: there are no contents, so that to move them is to count them. */
  #note({ bo, from, to, evict }: Move): void {
    const holding = this.#movable.get(bo);
    if (from === null || holding === undefined) return;
    const { tenant, bytes } = holding;
    count(tenant.moved, bytes);
    if (evict) count(tenant.evicted, bytes);
    if (from === SYSTEM) tenant.inSystem -= bytes;
    if (to === SYSTEM) tenant.inSystem += bytes;
  }
}

/** Whether it is the pool's own limit that a charge would pass. */
function isBeyondMax({ usage, max }: Pool, size: number): boolean {
  return usage + size > max;
}

function count(tally: BufferTally, bytes: number): void {
  tally.buffers++;
  tally.bytes += bytes;
}
