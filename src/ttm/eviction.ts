import type { Pool } from "../cgroup/pool.ts";
import type { ProtectionSurvey } from "../cgroup/protection-survey.ts";
import type { Bytes } from "../core/bytes.ts";
import type { BufferObject } from "./buffer-object.ts";
import type { Claim } from "./claim.ts";
import { freeBytes, isHopeless, lacking, type RoomAim } from "./hopelessness.ts";
import { LruCursor } from "./lru-cursor.ts";
import { type Placement, windowPages } from "./managers/place.ts";
import type { MemoryType } from "./memory-type.ts";
import type { Operation, Walk } from "./operation.ts";
import { move, replace } from "./placing.ts";
import type { Resource } from "./resource.ts";

// Evicting to make room: from the least recently used, those that protection does not keep. (Linux
// drivers/gpu/drm/ttm/ttm_bo.c and ttm_bo_util.c; RFC patch 3)

/** What an eviction is for, and when it has done enough. */
export interface Aim {
  readonly type: MemoryType;
  /** What is protected, in the eyes of whoever wants room. */
  readonly survey: ProtectionSurvey;
  /** Whether all that is charged to `pool` is left alone without a question. */
  spares(pool: Pool | null): boolean;
  /** Whether making it free could help at all. */
  helps(resource: Resource): boolean;
  /**
   * Whether it can be reached at all: asked once, before anybody is driven out or waited for. `first`: what would go.
   */
  isWorthwhile(first: Resource | null): boolean;
  /** Asked after each eviction. */
  isReached(evicted: Resource): boolean;
  /** Asked when what others did may have sufficed. */
  isReachedAnyway(): boolean;
}

/** Evicts until `claim` can be fulfilled. `restricted`: only because its group is within its low. */
export function* makeRoom(
  operation: Operation,
  claim: Claim,
  { limit, restricted }: { limit: Pool | null; restricted: boolean },
): Walk<boolean> {
  const { type, place, pool, bo } = claim;
  const fulfil = () => claim.charge() === null && claim.allocate();
  // Stryker disable next-line ArrowFunction,ConditionalExpression,EqualityOperator: only quicker: it is not hopeless
  const sufficesAlone = (first: Resource | null) => first !== null && first.bo.size >= aim.needs;
  const aim: RoomAim = {
    type,
    survey: operation.device.dmem.survey(limit === null ? { asker: pool } : { limit }),
    spares: (other) => restricted && other === pool,
    helps: (resource) => type.manager.overlaps(resource.allocation, place),
    isWorthwhile: (first) => operation.device.hopelessRequestsEvict || sufficesAlone(first) || !isHopeless(aim),
    isReached: fulfil,
    isReachedAnyway: fulfil,
    needs: Math.max(bo.size - freeBytes(type), limit === null ? 0 : lacking(pool, bo.size)),
    ignoresLow: !restricted,
  };
  const neverFits = bo.pages > windowPages(place, type.manager.pages);
  if (neverFits && !operation.device.hopelessRequestsEvict) return false;
  const eviction = new Eviction(operation, aim);
  if (yield* eviction.run(!restricted)) return true;
  return operation.ticket && (yield* eviction.persist(!restricted));
}

/** Evicts `bytes` from within `pool`, for a limit that was lowered. @returns how many bytes went */
export function* reclaimFrom(operation: Operation, type: MemoryType, aim: { pool: Pool; bytes: number }): Walk<number> {
  let evicted = 0;
  const eviction = new Eviction(operation, {
    type,
    survey: operation.device.dmem.survey({ limit: aim.pool }),
    // Stryker disable next-line ArrowFunction: nothing is as good as false
    spares: () => false,
    helps: () => true,
    isWorthwhile: () => true,
    isReached(resource) {
      evicted += resource.bo.size;
      return evicted >= aim.bytes;
    },
    isReachedAnyway: () => aim.pool.usage <= aim.pool.max,
  });
  // Stryker disable next-line ConditionalExpression,BooleanLiteral: what one leaves undone the other does
  if (!(yield* eviction.run(true))) yield* eviction.persist(true);
  return evicted;
}

/** Moves what is in `type` now, least recently used first, until `bytes` of it are elsewhere. @returns how many went */
export function* swapOut(operation: Operation, type: MemoryType, aim: { bytes: Bytes; to: string }): Walk<Bytes> {
  const placement = [{ type: aim.to, desired: true }]; // nothing has to come back for it
  const { now } = type.lru.clock;
  const cursor = new LruCursor(type.lru);
  let moved = 0;
  try {
    for (let resource = cursor.next(); resource !== null && moved < aim.bytes; resource = cursor.next()) {
      const { bo, sequence } = resource;
      if (sequence > now || bo.isReserved) continue;
      if (yield* evictTo(operation, bo, placement)) moved += bo.size;
    }
  } finally {
    cursor.close();
  }
  return moved;
}

/** One eviction: passes over the least recently used, first without touching what is within low, then with. */
class Eviction {
  readonly #operation: Operation;
  readonly #aim: Aim;
  // Stryker disable next-line BooleanLiteral: it is set before it is looked at
  #hitLow = false;
  #evicted = 0;
  #isWorthwhile: boolean | null = null;
  /** Which changes of the memory the survey knows of. */
  #changes: number;
  /** Buffers that could not be touched because others are moving them. */
  readonly #moving = new Set<BufferObject>();

  constructor(operation: Operation, aim: Aim) {
    this.#operation = operation;
    this.#aim = aim;
    this.#changes = aim.type.changes;
  }

  /**
   * Evicts; and where buffers that could have gone are being moved by others, tries again when one of them has arrived.
   *
   * @returns whether the aim was reached
   */
  *run(mayIgnoreLow: boolean): Walk<boolean> {
    for (;;) {
      this.#moving.clear();
      if (yield* this.#passes(mayIgnoreLow)) return true;
      if (this.#moving.size === 0 || !this.#mayBegin(null) || !(yield { of: [...this.#moving] })) return false;
      if (this.#aim.isReachedAnyway()) return true;
      this.#aim.survey.clear(); // others have charged and freed
    }
  }

  *#passes(mayIgnoreLow: boolean): Walk<boolean> {
    this.#hitLow = false;
    if (yield* this.#pass(false)) return true;
    return mayIgnoreLow && this.#hitLow && (yield* this.#pass(true));
  }

  /** Goes on for as long as passes evict anything. */
  *persist(mayIgnoreLow: boolean): Walk<boolean> {
    // Stryker disable next-line BooleanLiteral: only quicker: where nothing was hit nothing more goes
    this.#hitLow = false;
    if (yield* this.#repeat(false)) return true;
    return mayIgnoreLow && this.#hitLow && (yield* this.#repeat(true));
  }

  *#repeat(ignoreLow: boolean): Walk<boolean> {
    do {
      this.#evicted = 0;
      if (yield* this.#pass(ignoreLow)) return true;
    } while (this.#evicted > 0);
    return false;
  }

  *#pass(ignoreLow: boolean): Walk<boolean> {
    const cursor = new LruCursor(this.#aim.type.lru);
    try {
      return yield* this.#advance(cursor, ignoreLow);
    } finally {
      cursor.close();
    }
  }

  *#advance(cursor: LruCursor, ignoreLow: boolean): Walk<boolean> {
    const { survey } = this.#aim;
    for (let resource = cursor.next(); resource !== null; resource = cursor.next()) {
      const { bo, pool } = resource;
      if (bo.isMoving) this.#moving.add(bo);
      // Stryker disable next-line ConditionalExpression: only quicker
      if (this.#aim.spares(pool)) cursor.passOver(null);
      if (this.#aim.spares(pool) || bo.isReserved) continue; // so is the buffer that all this is for
      if (!this.#isValuable(pool, ignoreLow)) {
        cursor.passOver(pool && survey.kin(pool));
        continue;
      }
      if (!this.#aim.helps(resource)) continue;
      if (!this.#mayBegin(resource)) return false;
      const isEvicted = yield* this.#evict(bo);
      if (isEvicted) this.#evicted++;
      if (isEvicted && this.#aim.isReached(resource)) return true;
      cursor.reconsider(this.#suspects(pool, isEvicted ? bo.size : 0));
    }
    return false;
  }

  #mayBegin(first: Resource | null): boolean {
    this.#isWorthwhile ??= this.#aim.isWorthwhile(first);
    return this.#isWorthwhile;
  }

  /**
   * Whom it has to ask again: what was protected once need not be after an eviction. It makes the claims of the groups
   * above the victim smaller, and so their share of what protects all that is below them. A charge can do the same to
   * any group.
   *
   * @returns what they are kin to; `null`: all
   */
  #suspects(pool: Pool | null, evicted: Bytes): unknown[] | null {
    const { survey } = this.#aim;
    // Stryker disable next-line ConditionalExpression: only quicker
    if (this.#hasChanged(evicted === 0 ? 0 : 1)) {
      survey.clear();
      return null;
    }
    // Stryker disable next-line ArrayDeclaration,ConditionalExpression: nothing is kin to it
    return pool === null ? [] : survey.lose(pool, evicted);
  }

  /** Whether more has changed than by so many evictions of our own, since it was asked last. */
  #hasChanged(own: number): boolean {
    const expected = this.#changes + own;
    this.#changes = this.#aim.type.changes;
    return this.#changes !== expected;
  }

  /** A buffer that cannot be moved stays where it is, and the pass goes on; unless it was told to end. */
  *#evict(bo: BufferObject): Walk<boolean> {
    try {
      return yield* evict(this.#operation, bo);
    } catch (error) {
      if (this.#operation.signal?.aborted) throw error;
      return false;
    }
  }

  #isValuable(pool: Pool | null, ignoreLow: boolean): boolean {
    // Stryker disable next-line ConditionalExpression: where nobody accounts, the survey says so, too
    if (pool === null) return true;
    const { valuable, hitLow } = this.#aim.survey.value(pool, ignoreLow);
    this.#hitLow ||= hitLow;
    return valuable;
  }
}

/** Evicts one buffer to where its driver wants it, or gives its contents up. @returns whether it went */
export function* evict(operation: Operation, bo: BufferObject): Walk<boolean> {
  const { device } = operation;
  const placement = device.evictionPlacement(bo);
  if (placement.length > 0) {
    return (yield* evictTo(operation, bo, placement)) || (yield* evictTo(operation, bo, device.further(bo, placement)));
  }
  bo.reserve();
  bo.isMoving = true;
  try {
    yield { bo, from: bo.place, to: null, target: null, evict: true };
    bo.dropResource();
    return true;
  } finally {
    bo.isMoving = false;
    bo.release();
  }
}

/** Moves one buffer out of the way. @returns whether there was room for it */
export function* evictTo(operation: Operation, bo: BufferObject, placement: Placement): Walk<boolean> {
  bo.reserve();
  try {
    const resource = yield* replace(operation, bo, placement);
    if (resource !== null) yield* move(bo, resource, true);
    return resource !== null;
  } finally {
    bo.release();
  }
}
