import type { Dmem } from "dmemcg";

/** The memory that a controller lives in. */
export function arenaOf(dmem: Dmem): WebAssembly.Memory {
  return (dmem.handle as unknown as { arena: WebAssembly.Memory }).arena;
}
