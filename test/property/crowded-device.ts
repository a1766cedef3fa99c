import { type Bytes, Dmem, DmemError, type Semantics } from "../../src/index.ts";
import {
  type BufferObject,
  CountManager,
  type Move,
  type Placement,
  type Priority,
  SystemManager,
  TtmDevice,
} from "../../src/ttm/index.ts";
import type { Random } from "./random.ts";
import { Tenant } from "./tenant.ts";

const PAGE = 4096;
const TENANTS = 12;
const BUFFERS_MAX = 60;

const PLACEMENTS: readonly Placement[] = [
  [{ type: "vram" }],
  [{ type: "vram" }, { type: "system" }],
  [{ type: "vram" }, { type: "system", fallback: true }],
];

/** Tenants who crowd one small device. Whenever something is about to be evicted, it is looked whether that may go. */
export class CrowdedDevice {
  /** What was evicted for a tenant by another. */
  evictions = 0;
  /** What a tenant did not get. */
  refusals = 0;
  readonly #random: Random;
  readonly #dmem: Dmem;
  readonly #device: TtmDevice;
  readonly #pages: number;
  readonly #tenants: Tenant[];
  readonly #ownerOf = new Map<BufferObject, Tenant>();
  #buffers: BufferObject[] = [];
  /** In whose eyes what `victim` has must be evictable now. */
  #limitFor: (victim: Tenant) => Tenant | undefined = () => undefined;
  #complaint: string | null = null;

  constructor(random: Random, semantics: Semantics) {
    this.#random = random;
    this.#pages = random.between(8, 64);
    this.#dmem = Dmem.create({ semantics });
    const region = this.#dmem.registerRegion("vram", { size: this.#pages * PAGE });
    this.#device = new TtmDevice({
      dmem: this.#dmem,
      memories: {
        vram: { manager: new CountManager(this.#pages), region },
        system: { manager: new SystemManager() },
      },
      driver: { evictionPlacement: () => [{ type: "system" }], move: (move) => this.#look(move) },
    });
    this.#tenants = [new Tenant(this.#dmem.root.pool(region), null)];
    while (this.#tenants.length < TENANTS) this.#addTenant(random.pick(this.#tenants) as Tenant);
  }

  dispose(): void {
    this.#device.dispose();
    this.#dmem.dispose();
  }

  /** Does something at random, as operation number `operation`. @throws if something went that was protected */
  step(operation: number): void {
    const dice = this.#random.below(100);
    if (dice < 45) this.#create();
    else if (dice < 55) this.#setLimit(this.#random.pick(this.#tenants.slice(1)) as Tenant);
    else this.#use(this.#random.pick(this.#buffers), dice);
    if (this.#buffers.length > BUFFERS_MAX) this.#free(this.#buffers[0] as BufferObject);
    if (this.#complaint !== null) throw new Error(`Operation ${operation}: ${this.#complaint}`);
  }

  #addTenant(parent: Tenant): void {
    const cgroup = parent.cgroup.mkdir(String(this.#tenants.length));
    this.#tenants.push(new Tenant(cgroup.pool(parent.pool.region), parent));
  }

  #create(): void {
    const tenant = this.#random.pick(this.#tenants) as Tenant;
    const size = this.#random.between(1, 6) * PAGE;
    const options = { size, owner: tenant.cgroup, placement: this.#placement(), priority: this.#priority() };
    this.#ask(tenant, size, () => {
      const bo = this.#device.create(options);
      this.#buffers.push(bo);
      this.#ownerOf.set(bo, tenant);
    });
  }

  #use(bo: BufferObject | undefined, dice: number): void {
    if (bo === undefined) return;
    if (dice < 75) this.#ask(this.#owner(bo), bo.size, () => bo.validate(this.#placement()));
    else if (dice < 80) bo.touch();
    else if (dice < 84) bo.priority = this.#priority();
    else if (dice < 87) bo.pin();
    else if (bo.pinCount > 0) bo.unpin();
    else this.#free(bo);
  }

  #free(bo: BufferObject): void {
    this.#buffers = this.#buffers.filter((each) => each !== bo);
    this.#ownerOf.delete(bo);
    bo.free();
  }

  #setLimit(tenant: Tenant): void {
    const limit = this.#random.pick(["min", "min", "low", "max"] as const) ?? "min";
    this.#limitFor = () => tenant;
    tenant.pool[limit] = this.#random.below(this.#pages * PAGE);
    if (limit === "max" && this.#random.oneIn(2)) tenant.pool.max = Number.POSITIVE_INFINITY;
  }

  /**
   * The tenant whose limit is in the way is so from beginning to end; where the device is full, it is where two tenants
   * meet.
   */
  #ask(tenant: Tenant, bytes: Bytes, request: () => void): void {
    const limit = tenant.limitFor(bytes);
    this.#limitFor = (victim) => limit ?? victim.meeting(tenant);
    try {
      request();
    } catch (error) {
      if (!(error instanceof DmemError) || !["ENOSPC", "EINVAL"].includes(error.code)) throw error;
      this.refusals++;
    }
  }

  #look({ bo, evict }: Move): void {
    if (!evict) return;
    const victim = this.#owner(bo);
    const limit = this.#limitFor(victim);
    if (limit === victim) return;
    this.evictions++;
    if (limit !== undefined && !victim.isBeyondReach(limit)) return;
    this.#complaint = `${victim.pool} lost ${bo.size} of ${victim.usage} bytes for ${limit?.pool}.`;
  }

  #owner(bo: BufferObject): Tenant {
    return this.#ownerOf.get(bo) as Tenant;
  }

  #placement(): Placement {
    return this.#random.pick(PLACEMENTS) ?? [];
  }

  #priority(): Priority {
    return this.#random.pick([0, 0, 0, 1, 2, 3] as const) ?? 0;
  }
}
