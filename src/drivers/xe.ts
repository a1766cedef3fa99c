import type { Dmem } from "../cgroup/dmem.ts";
import { type Bytes, KiB, show } from "../core/bytes.ts";
import { rangeError, typeError } from "../core/errors.ts";
import { Card, type CardLayout, type CardOptions, type DomainOptions } from "./card.ts";
import { type CardMemory, mappedMemory, ownMemory, systemMemory } from "./card-memory.ts";

/** The VRAM of a tile, stolen memory, mapped system memory, system memory. */
export type XeDomain = `vram${number}` | "stolen" | "tt" | "system";

/** One of a card's GPUs with its own VRAM. */
export interface XeTile {
  /** In bytes: whole pages of 4,096. */
  readonly vram: Bytes;
}

export interface XeOptions extends CardOptions {
  /** At least one, except in test mode. */
  readonly tiles?: readonly XeTile[];
  /** System memory that the firmware set aside for the card, in bytes. Default: none. */
  readonly stolen?: Bytes;
  /** How much system memory may be mapped, in bytes. Default: half of this machine's. */
  readonly tt?: Bytes;
  /** VRAM and stolen memory are handed out in blocks of at least so many bytes, a power of two. Default: 4 KiB. */
  readonly minimumBlock?: Bytes;
  /**
   * Mapped system pages are accounted instead of VRAM, as the region `drm/<unique>/tt`, and take its part: what asks
   * for the VRAM of a tile gets them. So everything runs on a machine without VRAM. Default false.
   */
  readonly testMode?: boolean;
}

/**
 * A card of Intel's xe driver: regions `drm/<unique>/vram0`, `vram1`, … (one a tile) and `stolen`; what is evicted goes
 * to tt, and from there to system memory. (Linux drivers/gpu/drm/xe; RFC patches 4 and 6)
 *
 * @example
 * ```ts
 * import { Dmem, GiB, MiB } from "dmemcg";
 * import { Xe } from "dmemcg/drivers";
 *
 * using dmem = Dmem.create();
 * using xe = new Xe(dmem, { unique: "0000:03:00.0", tiles: [{ vram: 8 * GiB }], stolen: 64 * MiB });
 * const game = dmem.root.mkdir("game");
 * game.write("dmem.low", "drm/0000:03:00.0/vram0 6G");
 * const bo = xe.createBuffer({ owner: game, size: 256 * MiB, domains: ["vram0", "tt"] });
 * bo.free();
 * ```
 */
export class Xe extends Card<DomainOptions<XeDomain>> {
  /**
   * @throws {RangeError} `EINVAL` for a name with blanks or a slash, a size that is not whole pages, a card without
   *   VRAM
   * @throws {DmemError} `EINVAL` for a minimum block that does not suit a size; `EEXIST` if a card of that name is
   *   there; `ENOSPC` if all of `capacity.regions` are in use
   */
  constructor(dmem: Dmem, options: XeOptions) {
    super(dmem, options, layoutOf(options));
  }
}

function layoutOf(options: XeOptions): CardLayout {
  const { tiles = [], stolen, tt, minimumBlock = 4 * KiB, testMode = false } = options;
  if (!Array.isArray(tiles)) throw typeError(`Tiles are an array, not ${show(tiles)}.`);
  if (tiles.length === 0 && !testMode) throw rangeError("A card has at least one tile with VRAM, except in test mode.");
  const vram = tiles.map((tile: XeTile, index): [string, CardMemory] => [
    `vram${index}`,
    ownMemory(tile.vram, `The VRAM of tile ${index}`, minimumBlock),
  ]);
  const memories = new Map(testMode ? [] : vram);
  if (stolen !== undefined && stolen !== 0) memories.set("stolen", ownMemory(stolen, "stolen", minimumBlock));
  memories.set("tt", mappedMemory(tt, "tt", testMode));
  memories.set("system", systemMemory());
  const played = testMode ? vram.map(([name]): [string, string] => [name, "tt"]) : [];
  const domains = new Map([...played, ...Array.from(memories.keys(), (name): [string, string] => [name, name])]);
  return { memories, domains, system: ["tt", "system"] };
}
