import { type AllocationTrace, TraceBuilder } from "./allocation-trace.ts";
import type { Policy, TenantPolicy } from "./policy.ts";

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/**
 * A game on a card that a desktop has already taken a quarter of: Cyberpunk 2077 as its kernel developers describe it.
 *
 * The page gives "2gb", "1.6gb" and "650MB" as read off amdgpu_top, which counts in powers of 1024, and so do we.
 */
export const PUBLISHED = {
  source: "https://pixelcluster.github.io/VRAM-Mgmt-fixed",
  capacity: 8 * GiB,
  /** What a desktop full of browser-based apps holds before the game starts. */
  desktop: 2 * GiB,
  /** What the game puts into system memory by itself, whatever the policy. */
  gameSystemOwn: 650 * MiB,
  /** What of the game ends up in system memory without protection; 1.6 GiB, to the whole MiB. */
  gameSystemUnprotected: 1638 * MiB,
  /** The same with protection: nothing beyond its own. */
  gameSystemProtected: 650 * MiB,
} as const;

/** What the game asked to have in VRAM, and found no room for. */
const gameSpilled = PUBLISHED.gameSystemUnprotected - PUBLISHED.gameSystemOwn;

/** What follows from the published figures, if the card was full when memory began to spill. */
export const DERIVED = {
  gameSpilled,
  gameWantsVram: PUBLISHED.capacity - PUBLISHED.desktop + gameSpilled,
  gameWantsAll: PUBLISHED.capacity - PUBLISHED.desktop + PUBLISHED.gameSystemUnprotected,
} as const;

export interface Scenario {
  readonly title: string;
  readonly tenants: readonly { readonly name: string; readonly trace: AllocationTrace }[];
  readonly policy: Policy;
  /** Where each figure comes from, for the reader of the output. */
  readonly provenance: readonly { readonly kind: "published" | "derived" | "made up"; readonly text: string }[];
}

/** Makes the scenario: the same events every time, none of them random. */
export function builtInScenario(): Scenario {
  return {
    title: "Cyberpunk 2077 on an 8 GiB card, on top of a desktop with browser-based apps",
    tenants: [
      { name: "desktop", trace: desktopTrace() },
      { name: "game", trace: gameTrace() },
    ],
    policy: {
      capacity: PUBLISHED.capacity,
      tenants: new Map<string, TenantPolicy>([
        ["desktop", { movable: true }],
        ["game", { movable: true, low: { unit: "bytes", bytes: DERIVED.gameWantsVram } }],
      ]),
    },
    provenance: [
      { kind: "published", text: `${PUBLISHED.source} (GB and MB there are read as powers of 1024)` },
      { kind: "published", text: "8 GiB card; the desktop's apps hold 2 GiB, a quarter of it" },
      { kind: "published", text: "the game puts 650 MiB into system memory by itself and wants VRAM for all else" },
      { kind: "published", text: "in system memory at the end: 1.6 GiB of it without protection, 650 MiB with" },
      { kind: "derived", text: "1.6 GiB less 650 MiB: 988 MiB that it wanted in VRAM found no room" },
      { kind: "derived", text: "8 GiB less 2 GiB plus 988 MiB: it wants 6.96 GiB of VRAM" },
      { kind: "made up", text: "the single buffers, their sizes and times; low for the game: all that it wants" },
    ],
  };
}

const SECOND_US = 1_000_000;
/** While the last of the apps is still coming up. */
const GAME_STARTS_US = 40 * SECOND_US;

/**
 * Sizes of single buffers: small ones are many, large ones are few. They sum up to 64 MiB, so that any whole number of
 * MiB is reached.
 */
const BUFFER_MIB = [1, 8, 1, 2, 16, 1, 4, 2, 1, 8, 1, 16, 2, 1];

/** Apps come up one after the other; each redraws while it loads, which frees and allocates again. */
function desktopTrace(): AllocationTrace {
  const tenant = new TenantWriter(0, 20_000);
  const apps = 8;
  for (let app = 0; app < apps; app++) {
    tenant.allocate(PUBLISHED.desktop / apps, MiB / 4);
    for (let frame = 0; frame < 30; frame++) tenant.replaceOldest();
  }
  return tenant.trace();
}

/**
 * Puts its own part into system memory; loads by way of staging buffers that go once their contents have arrived; then
 * streams the city in until it has all.
 */
function gameTrace(): AllocationTrace {
  const tenant = new TenantWriter(GAME_STARTS_US, 10_000);
  tenant.allocateInSystem(PUBLISHED.gameSystemOwn, MiB);
  const loadedFirst = 3 * GiB;
  for (let loaded = 0; loaded < loadedFirst; loaded += GiB / 4) {
    const staging = tenant.allocateOne(64 * MiB);
    tenant.allocate(GiB / 4, MiB);
    tenant.free(staging);
  }
  tenant.allocate(DERIVED.gameWantsVram - loadedFirst, MiB);
  return tenant.trace();
}

/** Writes one tenant's trace, with a fixed time between two events. */
class TenantWriter {
  readonly #builder = new TraceBuilder();
  readonly #live: { readonly id: number; readonly bytes: number }[] = [];
  readonly #stepUs: number;
  #us: number;
  #nextId = 0;

  constructor(startUs: number, stepUs: number) {
    this.#us = startUs;
    this.#stepUs = stepUs;
  }

  /** Allocates `bytes` in all, in buffers of {@link BUFFER_MIB} times `scaleBytes`. */
  allocate(bytes: number, scaleBytes: number): void {
    for (const size of bufferSizes(bytes, scaleBytes)) this.#live.push({ id: this.allocateOne(size), bytes: size });
  }

  /** The same in system memory. */
  allocateInSystem(bytes: number, scaleBytes: number): void {
    for (const size of bufferSizes(bytes, scaleBytes))
      this.#builder.allocateInSystem(this.#nextId++, size, this.#tick());
  }

  allocateOne(bytes: number): number {
    const id = this.#nextId++;
    this.#builder.allocate(id, bytes, this.#tick());
    return id;
  }

  free(id: number): void {
    this.#builder.free(id, this.#tick());
  }

  replaceOldest(): void {
    const oldest = this.#live.shift();
    if (oldest === undefined) return;
    this.free(oldest.id);
    this.#live.push({ id: this.allocateOne(oldest.bytes), bytes: oldest.bytes });
  }

  trace(): AllocationTrace {
    return this.#builder.build(true);
  }

  #tick(): number {
    this.#us += this.#stepUs;
    return this.#us;
  }
}

function* bufferSizes(bytes: number, scaleBytes: number): Generator<number> {
  for (let left = bytes, i = 0; left > 0; i++) {
    const size = Math.min(left, (BUFFER_MIB[i % BUFFER_MIB.length] as number) * scaleBytes);
    yield size;
    left -= size;
  }
}
