import type { Dmem, Region } from "dmemcg";
import { CountManager, SystemManager, TtmDevice } from "dmemcg/ttm";

export const VRAM = [{ type: "vram" }];

/** A device with so many pages of accounted memory; what is evicted goes to system memory, which never runs out. */
export function videoMemory(dmem: Dmem, region: Region, pages: number): TtmDevice {
  return new TtmDevice({
    dmem,
    memories: { vram: { manager: new CountManager(pages), region }, system: { manager: new SystemManager() } },
    driver: { evictionPlacement: () => [{ type: "system" }] },
  });
}
