import type { Dmem } from "../cgroup/dmem.ts";
import type { Region } from "../cgroup/region.ts";
import { show } from "../core/bytes.ts";
import { rangeError, typeError } from "../core/errors.ts";
import {
  type BufferObject,
  type BufferOptions,
  type Driver,
  type Memory,
  type Place,
  type Placement,
  TtmDevice,
  type ValidateAsyncOptions,
  type ValidateOptions,
} from "../ttm/index.ts";
import { type CardMemory, registerRegions } from "./card-memory.ts";

/** How contents are moved: what of a driver is the user's. */
export type Mover = Pick<Driver, "move" | "moveAsync">;

export interface CardOptions {
  /** The card's name among all devices, for instance `"0000:03:00.0"`. */
  readonly unique: string;
  /** Carries out moves. Default: there are no contents to be moved. */
  readonly mover?: Mover;
}

/** Where a buffer is to be. */
export interface DomainOptions<Domain extends string> {
  /**
   * In order of preference, at least one. In the card's own memory others are evicted; system memory is used if that
   * was in vain.
   */
  readonly domains: readonly Domain[];
}

/** What a kind of card has. */
export interface CardLayout {
  /** From fast to slow. */
  readonly memories: ReadonlyMap<string, CardMemory>;
  /** The memory in which each domain is. */
  readonly domains: ReadonlyMap<string, string>;
  /** The memories that are the system's, from fast to slow: what is evicted goes further down there. */
  readonly system: readonly string[];
}

/** A card: regions for its memory, and a device that manages it. Each kind of card knows its memories and domains. */
export abstract class Card<Options extends DomainOptions<string>> {
  readonly device: TtmDevice;
  readonly #unique: string;
  readonly #layout: CardLayout;
  readonly #regions: ReadonlyMap<string, Region>;

  protected constructor(dmem: Dmem, { unique, mover = {} }: CardOptions, layout: CardLayout) {
    requireUnique(unique);
    this.#unique = unique;
    this.#layout = layout;
    this.#regions = registerRegions(dmem, unique, layout.memories);
    try {
      this.device = new TtmDevice({ dmem, memories: this.#memories(), driver: this.#driver(mover) });
    } catch (error) {
      this.#unregister();
      throw error;
    }
  }

  /**
   * Makes a buffer.
   *
   * @throws {RangeError} `EINVAL` for a domain that the card does not have
   * @throws as {@link TtmDevice.create}; `ENODEV` if the card was disposed of
   */
  createBuffer(options: Omit<BufferOptions, "placement"> & Options & ValidateOptions): BufferObject {
    return this.device.create({ ...options, placement: this.placement(options) });
  }

  /** The same with the mover's asynchronous moves. */
  async createBufferAsync(
    options: Omit<BufferOptions, "placement"> & Options & ValidateAsyncOptions,
  ): Promise<BufferObject> {
    return this.device.createAsync({ ...options, placement: this.placement(options) });
  }

  /** What such a buffer is validated with. */
  placement({ domains }: Options): Placement {
    if (!Array.isArray(domains)) throw typeError(`Domains are an array, not ${show(domains)}.`);
    if (domains.length === 0) throw rangeError("A buffer has at least one domain.");
    const hasOwn = domains.some((domain) => !this.#isSystem(domain));
    return domains.map((domain): Place => {
      const type = this.#memoryOf(domain);
      return hasOwn && this.#isSystem(domain) ? { type, fallback: true } : { type };
    });
  }

  /**
   * The region that accounts a domain.
   *
   * @throws {RangeError} `EINVAL` for a domain that the card does not have, or that is not accounted
   */
  region(domain: Options["domains"][number]): Region {
    const region = this.#regions.get(this.#memoryOf(domain));
    if (region === undefined) throw rangeError(`${show(domain)} of the card ${this.#unique} is not accounted.`);
    return region;
  }

  /** Frees all buffers and unregisters the regions. Does nothing the second time. */
  dispose(): void {
    this.device.dispose();
    this.#unregister();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #unregister(): void {
    for (const region of this.#regions.values()) if (region.registered) region.unregister();
  }

  #memories(): Record<string, Memory> {
    const memories = Array.from(this.#layout.memories, ([name, { manager }]): [string, Memory] => {
      const region = this.#regions.get(name);
      return [name, region === undefined ? { manager } : { manager, region }];
    });
    return Object.fromEntries(memories);
  }

  #driver(mover: Mover): Driver {
    const driver: Driver = { evictionPlacement: (bo) => this.#evictionPlacement(bo) };
    if (mover.move !== undefined) driver.move = (move) => mover.move?.(move);
    if (mover.moveAsync !== undefined) {
      driver.moveAsync = async (move, signal) => mover.moveAsync?.(move, signal);
    }
    return driver;
  }

  #evictionPlacement({ place }: BufferObject): Placement {
    const { system } = this.#layout;
    const below = system.slice(system.indexOf(place ?? "") + 1);
    return (below.length === 0 ? system.slice(-1) : below).map((type) => ({ type }));
  }

  #memoryOf(domain: string): string {
    const { domains } = this.#layout;
    const memory = domains.get(domain);
    if (memory !== undefined) return memory;
    throw rangeError(`The card ${this.#unique} has ${[...domains.keys()].join(", ")}, but no ${show(domain)}.`);
  }

  #isSystem(domain: string): boolean {
    return this.#layout.system.includes(domain);
  }
}

function requireUnique(unique: unknown): asserts unique is string {
  if (typeof unique !== "string") throw typeError(`A card's unique name is a string, not ${show(unique)}.`);
  if (!/^[^\s/\p{Cc}]+$/u.test(unique)) {
    throw rangeError(`A card's unique name is not empty and has no blanks and no slash; this is ${show(unique)}.`);
  }
}
