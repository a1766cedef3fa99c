import type { Dmem } from "../cgroup/dmem.ts";
import { type Bytes, KiB, show } from "../core/bytes.ts";
import { rangeError } from "../core/errors.ts";
import type { Place, Placement } from "../ttm/index.ts";
import { Card, type CardOptions, type DomainOptions } from "./card.ts";
import { mappedMemory, ownMemory, systemMemory, wholePages } from "./card-memory.ts";

/** VRAM, mapped system memory, system memory. */
export type AmdgpuDomain = "vram" | "gtt" | "system";

export interface AmdgpuOptions extends CardOptions {
  /** In bytes: whole pages of 4,096. */
  readonly vram: Bytes;
  /** How much of VRAM, from its start, the CPU reaches. Default: all of it. */
  readonly visible?: Bytes;
  /** How much system memory may be mapped, in bytes. Default: half of this machine's. */
  readonly gtt?: Bytes;
  /** VRAM is handed out in blocks of at least so many bytes, a power of two. Default: 4 KiB. */
  readonly minimumBlock?: Bytes;
}

/** Where a buffer is to be. */
export interface AmdgpuDomainOptions extends DomainOptions<AmdgpuDomain> {
  /** The CPU has to reach it: of VRAM only the visible part will do. Default false. */
  readonly cpuAccess?: boolean;
  /** In one piece, if in VRAM. Default false. */
  readonly contiguous?: boolean;
}

/**
 * A card of AMD's amdgpu driver: the region `drm/<unique>/vram`; what is evicted goes to GTT, and from there to system
 * memory. What the CPU need not reach is put at the end of VRAM, away from the visible part. (Linux
 * drivers/gpu/drm/amd/amdgpu; RFC patch 5)
 *
 * @example
 * ```ts
 * import { Dmem, GiB, MiB } from "dmemcg";
 * import { Amdgpu } from "dmemcg/drivers";
 *
 * using dmem = Dmem.create();
 * using amdgpu = new Amdgpu(dmem, { unique: "0000:0a:00.0", vram: 16 * GiB, visible: 256 * MiB });
 * const owner = dmem.root.mkdir("desktop");
 * amdgpu.createBuffer({ owner, size: 32 * MiB, domains: ["vram", "gtt"] });
 * amdgpu.createBuffer({ owner, size: 2 * MiB, domains: ["vram"], cpuAccess: true });
 * ```
 */
export class Amdgpu extends Card<AmdgpuDomainOptions> {
  readonly #visiblePages: number;

  /**
   * @throws {RangeError} `EINVAL` for a name with blanks or a slash, a size that is not whole pages, a visible part
   *   that is larger than VRAM
   * @throws {DmemError} `EINVAL` for a minimum block that does not suit the size; `EEXIST` if a card of that name is
   *   there; `ENOSPC` if all of `capacity.regions` are in use
   */
  constructor(dmem: Dmem, options: AmdgpuOptions) {
    const { vram, visible = vram, gtt, minimumBlock = 4 * KiB } = options;
    const memories = new Map([
      ["vram", ownMemory(vram, "VRAM", minimumBlock)],
      ["gtt", mappedMemory(gtt, "gtt")],
      ["system", systemMemory()],
    ]);
    const visiblePages = wholePages(visible, "The visible part of VRAM");
    if (visible > vram) throw rangeError(`${show(visible)} bytes visible are more than the ${show(vram)} of VRAM.`);
    const domains = new Map(Array.from(memories.keys(), (name) => [name, name]));
    super(dmem, options, { memories, domains, system: ["gtt", "system"] });
    this.#visiblePages = visiblePages;
  }

  override placement(options: AmdgpuDomainOptions): Placement {
    return super.placement(options).map((place) => (place.type === "vram" ? this.#inVram(place, options) : place));
  }

  #inVram(place: Place, { cpuAccess = false, contiguous = false }: AmdgpuDomainOptions): Place {
    const piece = { ...place, contiguous };
    return cpuAccess ? { ...piece, end: this.#visiblePages } : { ...piece, topDown: true };
  }
}
