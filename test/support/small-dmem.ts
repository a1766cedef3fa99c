import { expect, onTestFinished, vi } from "vitest";
import {
  ACCOUNT,
  ACCOUNT_INTENDED,
  ACCOUNT_SEQUENCE,
  AGENT,
  AGENT_NAME,
  AGENT_STRIDE,
  ARENA_SLOTS,
  SLOTS_BASE,
  SLOTS_END,
  SLOTS_SIZE,
  SLOTS_STRIDE,
  SLOTS_USED,
} from "../../assembly/abi.ts";
import { SHAPES } from "../../src/core/capacity.ts";
import type { Core } from "../../src/core/core.ts";
import type { CoreExports } from "../../src/core/exports.ts";
import { type Cgroup, Dmem, type DmemOptions, type Pool, type Region } from "../../src/index.ts";
import { expectRefusal, type Kind } from "./refusal.ts";

/** Room for a few of everything: an arena of one page, which is quickly compared byte for byte. */
const SMALL = { cgroups: 8, regions: 3, pools: 16, agents: 3, accounts: 48, tickets: 4 };

/** A controller that is disposed of when the test ends. */
export function smallDmem(options: DmemOptions = {}): Dmem {
  const dmem = Dmem.create({ ...options, capacity: { ...SMALL, ...options.capacity } });
  onTestFinished(() => dmem.dispose());
  return dmem;
}

/** Another agent of the same arena, in this thread. */
export function attachTo(dmem: Dmem): Dmem {
  const other = Dmem.attach(dmem.handle);
  onTestFinished(() => other.dispose());
  return other;
}

export interface OnePool {
  readonly dmem: Dmem;
  readonly region: Region;
  readonly group: Cgroup;
  readonly pool: Pool;
}

/** A controller with the region `vram`, the group `/a`, and its pool, whose counter does not exist yet. */
export function onePool(options: DmemOptions = {}): OnePool {
  const dmem = smallDmem(options);
  const region = dmem.registerRegion("vram", { size: 1000 });
  const group = dmem.root.mkdir("a");
  return { dmem, region, group, pool: group.pool(region) };
}

/** The same pool as another agent sees it. */
export function seenBy(other: Dmem, pool: Pool): Pool {
  return other.cgroup(pool.cgroup.path).pool(other.region(pool.region.name));
}

/** What a pool's handle works on. */
export function coreOf(pool: Pool): Core {
  return (pool as unknown as { readonly core: Core }).core;
}

/** Does something once, when the core has just returned from its next call of a function: as another thread might. */
export function onceAfter(core: Core, name: keyof CoreExports, action: () => void): void {
  const call = core.call as unknown as Record<string, (...args: unknown[]) => unknown>;
  const original = call[name];
  const spy = vi.spyOn(call, name).mockImplementationOnce((...args) => {
    const result = original?.(...args);
    action();
    return result;
  });
  onTestFinished(() => spy.mockRestore());
}

export function memoryOf(dmem: Dmem): WebAssembly.Memory {
  return dmem.handle.arena as WebAssembly.Memory;
}

/** Where a word of an agent is among the words of the arena. */
export function agentWord(dmem: Dmem, agent: number, offset: number): number {
  return (slotsWord(dmem, AGENT, SLOTS_BASE) + (agent - 1) * AGENT_STRIDE + offset) / 4;
}

/** How many records of each kind are in use. */
export function slotsUsed(dmem: Dmem): Record<string, number> {
  return Object.fromEntries(SHAPES.map(({ kind, name }) => [name, slotsWord(dmem, kind, SLOTS_USED)]));
}

function slotsWord(dmem: Dmem, kind: number, word: number): number {
  return new Uint32Array(memoryOf(dmem).buffer)[(ARENA_SLOTS + kind * SLOTS_SIZE + word) / 4] ?? 0;
}

/** All bytes of the arena, without those by which a call speaks to the module and notes what it is about to do. */
export function arenaState(dmem: Dmem): Buffer {
  const bytes = Buffer.from(new Uint8Array(memoryOf(dmem).buffer));
  eachRecord(dmem, AGENT, (agent) => bytes.fill(0, agent + AGENT_NAME, agent + AGENT_STRIDE));
  eachRecord(dmem, ACCOUNT, (account) => bytes.fill(0, account + ACCOUNT_INTENDED, account + ACCOUNT_SEQUENCE + 4));
  return bytes;
}

function eachRecord(dmem: Dmem, kind: number, visit: (address: number) => void): void {
  const stride = slotsWord(dmem, kind, SLOTS_STRIDE);
  for (let address = slotsWord(dmem, kind, SLOTS_BASE); address < slotsWord(dmem, kind, SLOTS_END); address += stride) {
    visit(address);
  }
}

/** Expects `attempt` to be refused as in {@link expectRefusal}, and to leave every byte of the arena as it was. */
export function expectRefusalUnchanged(dmem: Dmem, attempt: () => unknown, kind: Kind, ...words: string[]): void {
  const before = arenaState(dmem);
  expectRefusal(attempt, kind, ...words);
  expect(arenaState(dmem).equals(before)).toBe(true);
}
