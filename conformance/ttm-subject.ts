import type { Cgroup, Dmem, Pool, Region } from "./subject.ts";

// The part of `dmemcg/ttm` that the traces speak about.

export interface TtmSubject {
  readonly TtmDevice: new (options: TtmDeviceOptions) => TtmDevice;
  readonly SystemManager: new () => ResourceManager;
  readonly CountManager: new (pages: number) => ResourceManager;
  readonly RangeManager: new (pages: number) => ResourceManager;
}

export interface TtmDeviceOptions {
  readonly dmem: Dmem;
  readonly memories: Readonly<Record<string, Memory>>;
  readonly driver: Driver;
  readonly noSpace: "ENOSPC" | "ENOMEM";
}

export interface Memory {
  readonly manager: ResourceManager;
  readonly region?: Region;
}

export type ResourceManager = object;

export interface Place {
  readonly type: string;
  readonly desired?: boolean;
  readonly fallback?: boolean;
  readonly topDown?: boolean;
  readonly first?: number;
  readonly end?: number;
}

export interface Move {
  readonly bo: BufferObject;
  readonly from: string | null;
  readonly to: string | null;
  readonly evict: boolean;
}

export interface Driver {
  move(move: Move): void;
  evictionPlacement(bo: BufferObject): readonly Place[];
}

export interface TtmDevice {
  readonly unevictable: readonly BufferObject[];
  create(options: NewBuffer): BufferObject;
  lru(type: string): readonly (readonly BufferObject[])[];
  usedPages(type: string): number;
  dispose(): void;
}

export interface NewBuffer {
  /** In bytes. */
  readonly size: number;
  readonly owner: Cgroup;
  readonly placement: readonly Place[];
  readonly priority: number;
  readonly as: Cgroup;
}

export interface BufferObject {
  readonly pages: number;
  readonly place: string | null;
  readonly allocation: { readonly start: number | null } | null;
  readonly pool: Pool | null;
  readonly pinCount: number;
  priority: number;
  validate(placement: readonly Place[], options: { as: Cgroup; ticket: boolean }): void;
  pin(): void;
  unpin(): void;
  touch(): void;
  free(): void;
}
