import { RULE_QUERIES_REMEMBER } from "../../assembly/abi.ts";
import { DmemError } from "../core/errors.ts";
import type { BufferObject } from "./buffer-object.ts";
import { Claim } from "./claim.ts";
import { makeRoom } from "./eviction.ts";
import type { Place, Placement } from "./managers/place.ts";
import { type Operation, payer, type Walk } from "./operation.ts";
import type { Resource } from "./resource.ts";

// Finding a place for a buffer. Two attempts: first without eviction, then with. (Linux drivers/gpu/drm/ttm/ttm_bo.c;
// RFC patch 3)

/** Moves `bo` to where the placement wants it, unless it is there. An empty placement takes its backing away. */
export function* validate(operation: Operation, bo: BufferObject, placement: Placement): Walk<void> {
  if (placement.length === 0) {
    bo.dropResource();
    return;
  }
  for (const force of [false, true]) {
    if (bo.resource !== null && isPlaced(bo.resource, placement, force)) return;
    if (bo.pinCount > 0)
      throw new DmemError(
        "EINVAL",
        `${bo} is pinned ${bo.place === null ? "without a place" : `in ${bo.place}`}; it cannot move.`,
      );
    const resource = yield* attempt(operation, bo, { placement, force });
    if (resource === null) continue;
    yield* move(bo, resource, false);
    return;
  }
  throw operation.device.noSpaceError(bo, placement);
}

/** Finds a place for a buffer that has to go. */
export function* replace(operation: Operation, bo: BufferObject, placement: Placement): Walk<Resource | null> {
  const gentle = yield* attempt(operation, bo, { placement, force: false });
  if (gentle !== null) return gentle;
  return yield* attempt(operation, bo, { placement, force: true });
}

/** Has `bo` moved to `resource`, which goes back if the move fails. */
export function* move(bo: BufferObject, resource: Resource, evict: boolean): Walk<void> {
  let moved = false;
  bo.isMoving = true;
  try {
    yield { bo, from: bo.place, to: resource.type.name, target: resource.allocation, evict };
    moved = true;
  } finally {
    bo.isMoving = false;
    if (!moved) resource.release();
  }
  bo.replaceResource(resource);
}

interface Attempt {
  readonly placement: Placement;
  readonly force: boolean;
}

function* attempt(operation: Operation, bo: BufferObject, { placement, force }: Attempt): Walk<Resource | null> {
  for (const place of placement) {
    if (!isConsidered(place, force)) continue;
    const type = operation.device.type(place.type);
    if (type === undefined) continue;
    const claim = new Claim(bo, { type, place }, payer(operation, bo));
    try {
      if (yield* fulfil(operation, claim, force)) return claim.take();
    } finally {
      claim.release();
    }
  }
  return null;
}

/** Asks how the group stands to its protection only where that counts, unless the question leaves something behind. */
function* fulfil(operation: Operation, claim: Claim, force: boolean): Walk<boolean> {
  const mayForce = force && !claim.type.isUnlimited;
  const limit = claim.charge();
  if (limit !== null) return mayForce && (yield* makeRoom(operation, claim, { limit, restricted: false }));
  const asked = operation.device.dmem.follows(RULE_QUERIES_REMEMBER) ? claim.entitlement : null;
  if (claim.allocate()) return true;
  if (mayForce) return yield* makeRoom(operation, claim, { limit: null, restricted: false });
  const entitlement = asked ?? claim.entitlement;
  return (
    entitlement !== "none" && (yield* makeRoom(operation, claim, { limit: null, restricted: entitlement === "low" }))
  );
}

function isPlaced(resource: Resource, placement: Placement, force: boolean): boolean {
  return placement.some(
    (place) =>
      isConsidered(place, force) &&
      place.type === resource.type.name &&
      resource.type.manager.fits(resource.allocation, place),
  );
}

function isConsidered(place: Place, force: boolean): boolean {
  return !(force ? place.desired : place.fallback);
}
