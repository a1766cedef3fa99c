import { onTestFinished } from "vitest";
import { Amdgpu, type AmdgpuOptions, Xe, type XeOptions } from "../../src/drivers/index.ts";
import type { Dmem, Region } from "../../src/index.ts";
import { PAGE_BYTES } from "../../src/ttm/index.ts";
import { smallDmem } from "./small-dmem.ts";

export const PAGE = PAGE_BYTES;
export const UNIQUE = "0000:03:00.0";

/** A card of two tiles with 8 pages each, 4 pages of stolen memory, and 16 pages that may be mapped. */
export function smallXe(options: Partial<XeOptions> = {}, dmem: Dmem = smallDmem()) {
  const tiles = [{ vram: 8 * PAGE }, { vram: 8 * PAGE }];
  const xe = new Xe(dmem, { unique: UNIQUE, tiles, stolen: 4 * PAGE, tt: 16 * PAGE, ...options });
  onTestFinished(() => xe.dispose());
  return { dmem, xe, a: dmem.root.mkdir("a"), b: dmem.root.mkdir("b") };
}

/** A card with 8 pages, of which the first 4 are visible, and 16 pages that may be mapped. */
export function smallAmdgpu(options: Partial<AmdgpuOptions> = {}, dmem: Dmem = smallDmem()) {
  const amdgpu = new Amdgpu(dmem, { unique: UNIQUE, vram: 8 * PAGE, visible: 4 * PAGE, gtt: 16 * PAGE, ...options });
  onTestFinished(() => amdgpu.dispose());
  return { dmem, amdgpu, a: dmem.root.mkdir("a"), b: dmem.root.mkdir("b") };
}

export function names(regions: readonly Region[]): string[] {
  return regions.map(({ name }) => name);
}
