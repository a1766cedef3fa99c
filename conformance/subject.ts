import { existsSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { BadInput } from "./operation.ts";
import type { TtmSubject } from "./ttm-subject.ts";

// What is replayed against: the built package, seen through the part of its surface that the vectors speak about.

export type Core = "debug" | "release";

export interface Subject extends TtmSubject {
  readonly Dmem: { create(options: DmemOptions): Dmem };
  readonly PageCounter: { create(options: CounterOptions & { semantics: "linux-7.3"; capacity: number }): Counter };
  memparse(text: Uint8Array): { value: bigint; end: number };
  parseCounter(text: Uint8Array, unlimited: string): bigint;
  parseLimit(text: Uint8Array): bigint;
}

export interface CounterOptions {
  readonly protection: boolean;
  readonly trackFailures: boolean;
}

export interface Counter {
  child(options: CounterOptions): Counter;
  root(options: CounterOptions): Counter;
  tryCharge(n: bigint): Counter | null;
  charge(n: bigint): void;
  uncharge(n: bigint): readonly Counter[];
  cancel(n: bigint): readonly Counter[];
  setMin(n: bigint): void;
  setLow(n: bigint): void;
  setHigh(n: bigint): void;
  setMax(n: bigint): void;
  resetWatermark(): void;
  resetLocalWatermark(): void;
  calculateProtection(root: Counter, recursive?: boolean): void;
  values(): CounterValues;
}

export interface CounterValues {
  readonly usage: bigint;
  readonly min: bigint;
  readonly low: bigint;
  readonly high: bigint;
  readonly max: bigint;
  readonly watermark: bigint;
  readonly localWatermark: bigint;
  readonly failures: bigint;
  readonly protectedMin: bigint;
  readonly protectedLow: bigint;
  readonly childrenMin: bigint;
  readonly childrenLow: bigint;
  readonly effectiveMin: bigint;
  readonly effectiveLow: bigint;
}

export interface DmemOptions {
  readonly semantics: "linux-7.3";
  readonly subtreeControl?: "manual";
  readonly capacity: DmemCapacity;
}

export interface DmemCapacity {
  readonly cgroups: number;
  readonly regions: number;
  readonly pools: number;
}

export interface Dmem {
  readonly root: Cgroup;
  readonly regions: readonly Region[];
  cgroup(path: string): Cgroup;
  registerRegion(name: string, options: { size: number; reclaim?: Reclaim }): Region;
  unregisterRegion(region: Region): void;
  dispose(): void;
}

export type Reclaim = (pool: Pool, target: number, region: Region) => string | undefined;

export interface Region {
  readonly name: string;
}

export interface Cgroup {
  readonly path: string;
  readonly parent: Cgroup | null;
  readonly children: readonly Cgroup[];
  readonly removed: boolean;
  readonly files: readonly string[];
  mkdir(name: string): Cgroup;
  rmdir(): void;
  pool(region: Region): Pool;
  read(file: string): string;
  write(file: string, text: Uint8Array, options?: { nonblock: boolean; signal?: AbortSignal }): number;
}

export interface Pool {
  readonly cgroup: Cgroup;
  readonly region: Region;
  readonly usage: number;
  readonly attached: boolean;
  readonly retired: boolean;
  tryCharge(bytes: number): Pool | null;
  uncharge(bytes: number): void;
  effectiveProtection(root: Pool | null): { min: number; low: number };
  evictValuable(limit: Pool | null, options: { ignoreLow: boolean }): { valuable: boolean; hitLow: boolean };
  belowMin(root: Pool | null): boolean;
  belowLow(root: Pool | null): boolean;
  commonAncestor(other: Pool): Pool | null;
  values(): PoolValues;
}

export interface PoolValues {
  readonly usage: bigint;
  readonly min: bigint;
  readonly low: bigint;
  readonly max: bigint;
  readonly peak: bigint;
}

const FOLDERS: Readonly<Record<Core, string>> = { debug: "build/debug", release: "dist" };
const FILES = ["index.js", "page-counter.js", "ttm.js"];

/** Loads the package as it was built with one of its cores. */
export async function loadSubject(core: Core): Promise<Subject> {
  return Object.assign({}, ...(await Promise.all(FILES.map((file) => load(core, file)))));
}

async function load(core: Core, file: string): Promise<object> {
  const path = fileURLToPath(new URL(`../${FOLDERS[core]}/${file}`, import.meta.url));
  if (!existsSync(path)) throw new BadInput(`${path} is not there: the ${core} build comes first.`);
  return import(pathToFileURL(path).href);
}

/** What a call answers: its result, or the negative error number that it throws. */
export function answer<T>(call: () => T): T | number {
  try {
    return call();
  } catch (error) {
    if (error instanceof Error && "errno" in error && typeof error.errno === "number") return error.errno;
    throw error;
  }
}
