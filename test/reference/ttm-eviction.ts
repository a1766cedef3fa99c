import type { Place, Placement } from "../../src/ttm/index.ts";
import {
  type Aim,
  type Claim,
  lacking,
  type Pass,
  type ReferenceBuffer,
  type ReferenceDriver,
  type ReferenceMemory,
  type Request,
  type Slot,
} from "./ttm-memory.ts";
import { ReferencePlaces } from "./ttm-places.ts";
import { effective, isProtected, type ReferencePool, topOf } from "./ttm-pool.ts";

/** Finding room, and making it. */
export class ReferenceEviction extends ReferencePlaces {
  readonly #isLinux: boolean;
  readonly #driver: ReferenceDriver;

  constructor(memories: readonly ReferenceMemory[], options: { isLinux: boolean; driver: ReferenceDriver }) {
    super(memories);
    this.#isLinux = options.isLinux;
    this.#driver = options.driver;
  }

  /** One attempt. */
  protected find(bo: ReferenceBuffer, places: Placement, request: Request & { force: boolean }): Slot | null {
    let payer = this.#isLinux ? request.as : bo.owner;
    while (payer.removed && payer.parent !== null) payer = payer.parent;
    for (const { type } of places) {
      const memory = this.memories.get(type);
      if (memory === undefined) continue;
      const claim = { bo, memory, pool: memory.poolOf(payer), isCharged: false };
      if (this.#fulfil(claim, request)) return this.append({ bo, memory, pool: claim.pool, stamp: 0 });
      if (claim.isCharged) claim.pool?.uncharge(bo.size);
    }
    return null;
  }

  #fulfil(claim: Claim, request: Request & { force: boolean }): boolean {
    const { bo, memory, pool } = claim;
    const mayForce = request.force && memory.pages !== Number.POSITIVE_INFINITY;
    const limit = this.#charge(claim);
    if (limit === null && this.#takeSpace(claim)) return true;
    const isWithinMin = limit === null && pool !== null && isProtected(pool, "min");
    const isWithinLow = limit === null && pool !== null && isProtected(pool, "low");
    if (!mayForce && !isWithinMin && !isWithinLow) return false;
    const restricted = !mayForce && !isWithinMin;
    const aim: Aim = {
      memory,
      request,
      mayIgnoreLow: !restricted,
      limitFor: (other) => limit ?? meeting(memory, other, pool),
      spares: (slot) => slot.bo === bo || (restricted && slot.pool === pool),
      isReached: () => this.#charge(claim) === null && this.#takeSpace(claim),
    };
    if (!this.#isLinux && this.#isHopeless(aim, lacking(claim))) return false;
    return this.evictFor(aim, request.ticket);
  }

  #charge(claim: Claim): ReferencePool | null {
    if (claim.isCharged) return null;
    const limit = claim.pool?.tryCharge(claim.bo.size, this.#isLinux) ?? null;
    claim.isCharged = limit === null;
    return limit;
  }

  #takeSpace({ bo, memory }: Claim): boolean {
    if (memory.usedPages + bo.pages > memory.pages) return false;
    memory.usedPages += bo.pages;
    return true;
  }

  /**
   * Whether even all that may go as things are now is too little: of each pool whole buffers, until what is left is
   * protected.
   */
  #isHopeless(aim: Aim, bytes: number): boolean {
    const unprotected = new Map<ReferencePool | null, number>();
    let missing = bytes;
    for (const slot of aim.memory.lists.flat()) {
      if (aim.spares(slot) || slot.bo.reserved) continue;
      const left = unprotected.get(slot.pool) ?? this.#unprotected(aim, slot.pool);
      unprotected.set(slot.pool, left - slot.bo.size);
      if (left > 0) missing -= slot.bo.size;
    }
    return missing > 0;
  }

  #unprotected(aim: Aim, pool: ReferencePool | null): number {
    const limit = aim.limitFor(pool);
    if (pool === null || pool === limit) return Number.POSITIVE_INFINITY;
    if (limit !== null && !pool.line.includes(limit)) return 0;
    const root = limit ?? topOf(pool);
    return pool.usage - Math.max(effective(pool, root, "min"), aim.mayIgnoreLow ? 0 : effective(pool, root, "low"));
  }

  /** Section 7.4. */
  protected evictFor(aim: Aim, persists: boolean): boolean {
    const first = this.#pass(aim, false);
    if (first.reached || (aim.mayIgnoreLow && first.hitLow && this.#pass(aim, true).reached)) return true;
    if (!persists) return false;
    const again = this.#passes(aim, false);
    return again.reached || (aim.mayIgnoreLow && again.hitLow && this.#passes(aim, true).reached);
  }

  /** Goes on for as long as passes evict anything. */
  #passes(aim: Aim, ignoreLow: boolean): Pass {
    const pass = this.#pass(aim, ignoreLow);
    if (pass.reached || !pass.evicted) return pass;
    const rest = this.#passes(aim, ignoreLow);
    return { ...rest, hitLow: pass.hitLow || rest.hitLow };
  }

  #pass(aim: Aim, ignoreLow: boolean): Pass {
    const pass = { reached: false, evicted: false, hitLow: false };
    for (const list of aim.memory.lists) {
      let at = 0;
      for (let slot = list[0]; slot !== undefined; slot = list.find(({ stamp }) => stamp > at)) {
        at = slot.stamp;
        if (aim.spares(slot) || slot.bo.reserved || !this.#isValuable(aim, slot.pool, { ignoreLow, pass })) continue;
        if (!this.#tryEvict(slot.bo, aim.request)) continue;
        pass.evicted = true;
        pass.reached = aim.isReached(slot.bo);
        if (pass.reached) return pass;
      }
    }
    return pass;
  }

  /** Section 7.2. */
  #isValuable(
    aim: Aim,
    pool: ReferencePool | null,
    { ignoreLow, pass }: { ignoreLow: boolean; pass: { hitLow: boolean } },
  ): boolean {
    const limit = aim.limitFor(pool);
    if (pool === null || pool === limit) return true;
    if (this.#isLinux && limit !== null && limit.parent === null) return true;
    if (limit !== null && !pool.line.includes(limit)) return false;
    const root = limit ?? topOf(pool);
    if (pool.usage <= effective(pool, root, "min")) return false;
    if (ignoreLow || pool.usage > effective(pool, root, "low")) return true;
    pass.hitLow = true;
    return false;
  }

  #tryEvict(bo: ReferenceBuffer, request: Request): boolean {
    try {
      return this.evict(bo, request);
    } catch {
      return false;
    }
  }

  protected evict(bo: ReferenceBuffer, request: Request): boolean {
    const placement = bo.discardable ? [] : this.#driver.evictionPlacement(bo);
    if (placement.length > 0) {
      return this.evictTo(bo, placement, request) || this.evictTo(bo, this.#further(bo, placement), request);
    }
    this.#driver.move(bo, null, true);
    this.drop(bo);
    return true;
  }

  /** In the intended semantics a buffer that does not get to where it should goes further down. */
  #further(bo: ReferenceBuffer, placement: Placement): Placement {
    const names = [...this.memories.keys()];
    const below = this.#isLinux ? [] : names.slice(names.indexOf(bo.slot?.memory.name ?? "") + 1);
    return below.filter((name) => placement.every(({ type }) => type !== name)).map((type) => ({ type }));
  }

  protected evictTo(bo: ReferenceBuffer, placement: Placement, request: Request): boolean {
    bo.reserved = true;
    try {
      for (const force of [false, true]) {
        const places = placement.filter((place) => isConsidered(place, force));
        const slot = this.find(bo, places, { ...request, force });
        if (slot === null) continue;
        this.move(bo, slot, true);
        return true;
      }
      return false;
    } finally {
      bo.reserved = false;
    }
  }

  protected move(bo: ReferenceBuffer, slot: Slot, evict: boolean): void {
    try {
      this.#driver.move(bo, slot.memory.name, evict);
    } catch (error) {
      this.release(slot);
      throw error;
    }
    this.drop(bo);
    bo.slot = slot;
  }
}

/** Section 7.5: where the groups of two pools meet. */
function meeting(memory: ReferenceMemory, a: ReferencePool | null, b: ReferencePool | null): ReferencePool | null {
  const line = b?.group.line ?? [];
  return memory.poolOf(a?.group.line.find((group) => !group.removed && line.includes(group)));
}

/** An entry is left out of the second attempt, or of the first. */
export function isConsidered({ desired, fallback }: Place, force: boolean): boolean {
  return !(force ? desired : fallback);
}
