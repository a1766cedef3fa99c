import { expect } from "vitest";
import type { Fault } from "./fault.ts";

/** An operation, what can fail beneath it, and what a failure must leave as it was. */
export interface Scene {
  readonly fault: Fault;
  /** Throws if it fails, or answers with what {@link refuses} knows as a refusal. */
  attempt(): unknown;
  refuses?(answer: unknown): boolean;
  /** All that is to be as it was before, after a failure. */
  state(): unknown;
  /** Throws unless everything is consistent, however the attempt ended. */
  audit?(): void;
}

/** More places than any operation here has. */
const PLACES_MAX = 100;

/**
 * Has an operation fail at its first place, its second and so on, each time in a new scene, until nothing fails any
 * more. After each failure the state is as it was, and the operation succeeds when it is tried again.
 *
 * @returns how many attempts failed; where a fault could be got over, none did
 * @throws if there was nothing that could fail
 */
export async function failEach(setUp: () => Scene): Promise<number> {
  let failures = 0;
  for (let place = 1; place <= PLACES_MAX; place++) {
    const scene = setUp();
    const before = scene.state();
    scene.fault.arm(place);
    const failed = await fails(scene);
    scene.fault.disarm();
    scene.audit?.();
    if (!scene.fault.fired) {
      if (failed) throw new Error(`It fails even if nothing is made to fail, at place ${place}.`);
      if (place === 1) throw new Error("Nothing in it can fail so.");
      return failures;
    }
    if (!failed) continue;
    failures++;
    expect(scene.state(), `after a failure at place ${place}`).toEqual(before);
    if (await fails(scene)) throw new Error(`It cannot be done any more after a failure at place ${place}.`);
    scene.audit?.();
  }
  throw new Error(`It can fail at more than ${PLACES_MAX} places.`);
}

async function fails(scene: Scene): Promise<boolean> {
  try {
    const answer = await scene.attempt();
    return scene.refuses?.(answer) ?? false;
  } catch (error) {
    if (!isExpected(error)) throw error;
    return true;
  }
}

/** What was made to fail, and refusals; not what only a mistake in the library throws. */
function isExpected(error: unknown): boolean {
  return error instanceof Error && ["Injected", "DmemError", "AbortError"].includes(error.name);
}
