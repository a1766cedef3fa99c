import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { AGENT, AGENT_FREE, AGENT_LIVENESS, ARENA_LOCK } from "../../assembly/abi.ts";
import { close, openFile } from "../../src/core/arena-file.ts";
import { ByteLocks } from "../../src/core/byte-locks.ts";
import type { Core } from "../../src/core/core.ts";
import type { Liveness } from "../../src/core/liveness.ts";
import { native } from "../../src/core/native.ts";
import { Dmem } from "../../src/index.ts";
import { missing, needsAddon, openDescriptors, openDmem, SMALL, sharedFolder } from "../support/native-addon.ts";
import { arenaState, smallDmem } from "../support/small-dmem.ts";
import { controllerState } from "./controller-state.ts";
import { coreOf } from "./core-faults.ts";
import { failEach } from "./fail-each.ts";
import type { Fault } from "./fault.ts";

type Claims = Pick<Liveness, "claim" | "release">;

/** Has others be in all agents' slots but those that are taken anyway and the next few. */
class OccupiedSlots implements Fault {
  readonly #core: Core;
  readonly #claims: Claims;
  readonly #occupied: number[] = [];
  fired = false;

  constructor(core: Core, claims: Claims) {
    this.#core = core;
    this.#claims = claims;
  }

  arm(nth: number): void {
    const slots = Array.from({ length: this.#core.capacityOf(AGENT) }, (_, index) => index + 1);
    const free = slots.filter((slot) => this.#core.stateOf(slot) === AGENT_FREE);
    this.#occupied.push(...free.slice(nth - 1));
    for (const slot of this.#occupied) this.#claims.claim(slot);
    this.fired = this.#occupied.length === free.length;
  }

  disarm(): void {
    for (const slot of this.#occupied.splice(0)) this.#claims.release(slot);
  }
}

/** Somebody of whom it cannot be known whether he lives. */
function unknownThreads(core: Core): Claims {
  const write = (agent: number, word: number) =>
    Atomics.store(core.words, (core.addressOf(AGENT, agent) + AGENT_LIVENESS) / 4, word);
  return { claim: (agent) => write(agent, -1) !== 0, release: (agent) => void write(agent, 0) };
}

/** Another process, as far as its locks go. */
function otherProcess(path: string): Claims {
  const descriptor = openFile(path, "user") ?? -1;
  const locks = new ByteLocks(native(), descriptor);
  close(descriptor);
  onTestFinished(() => locks.close());
  return locks;
}

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] })); // they are counted
afterEach(() => void vi.useRealTimers());

/** Attaches without a slot: that leaves no byte of the arena changed, and nothing in this thread. */
async function expectNothingLeft(dmem: Dmem, claims: (core: Core) => Claims, attach: () => Dmem): Promise<void> {
  dmem.registerRegion("vram", { size: 1000 });
  const core = coreOf(dmem);
  const state = () => ({
    arena: arenaState(dmem).toString("base64"),
    lock: core.word(ARENA_LOCK),
    controller: controllerState(dmem),
    timers: vi.getTimerCount(),
    listeners: process.eventNames().map((name) => [name, process.listenerCount(name)]),
    descriptors: missing === null ? openDescriptors() : null,
  });
  const fault = new OccupiedSlots(core, claims(core));
  expect(await failEach(() => ({ fault, attempt: () => attach().dispose(), state }))).toBe(1);
}

test("a thread that finds no slot leaves nothing behind, and can attach later", async () => {
  const dmem = smallDmem();
  await expectNothingLeft(dmem, unknownThreads, () => Dmem.attach(dmem.handle));
});

describe.skipIf(missing !== null)(needsAddon("a process that finds no slot leaves nothing behind"), () => {
  const folder = sharedFolder();

  test("when it opens the file", async () => {
    const path = join(folder, "opened");
    const dmem = openDmem(path, { capacity: SMALL });
    await expectNothingLeft(
      dmem,
      () => otherProcess(path),
      () => Dmem.open(path),
    );
  });

  test("when one of its threads attaches by a handle", async () => {
    const path = join(folder, "attached");
    const dmem = openDmem(path, { capacity: SMALL });
    await expectNothingLeft(
      dmem,
      () => otherProcess(path),
      () => Dmem.attach(dmem.handle),
    );
  });
});
