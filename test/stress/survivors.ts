import { setTimeout as sleep } from "node:timers/promises";
import { AGENT, ARENA_SLOTS, SLOTS_SIZE, SLOTS_USED } from "../../assembly/abi.ts";
import type { Cgroup, Dmem } from "../../src/index.ts";

// What whoever lives sees of those who died.

const PATIENCE_MS = 30_000;

export function agentsOf(dmem: Dmem): number {
  const words = new Uint32Array((dmem.handle.arena as WebAssembly.Memory).buffer);
  return words[(ARENA_SLOTS + AGENT * SLOTS_SIZE + SLOTS_USED) / 4] ?? 0;
}

/** Others clear up whenever they look; this only looks whether they have. */
export async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`Not so after ${PATIENCE_MS / 1000} s: ${isSo}`);
    await sleep(1);
  }
}

/** Groups and regions are nobody's: they stay when whoever made them dies. */
export function removeAllBut(dmem: Dmem, group: Cgroup, name: string): void {
  for (const child of group.children) if (child.name !== name) child.rmdir();
  for (const region of dmem.regions.slice(1)) region.unregister();
}
