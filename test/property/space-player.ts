import { expect } from "vitest";
import { DmemError } from "../../src/core/errors.ts";
import type { PageRange } from "../../src/ttm/managers/page-range.ts";
import type { Allocation, Request, ResourceManager } from "../../src/ttm/managers/resource-manager.ts";
import { PageMap } from "./page-map.ts";
import type { SpaceOperation } from "./space-operations.ts";

/** What to expect of a manager that hands out whole blocks of so many pages, in one range or in several. */
export interface Expectations {
  readonly block: number;
  readonly scatters: boolean;
}

/** Does everything on the manager, and keeps a map of it. */
export class SpacePlayer {
  readonly map: PageMap;
  readonly held: Allocation[] = [];
  readonly #manager: ResourceManager;
  readonly #expectations: Expectations;

  constructor(manager: ResourceManager, expectations: Expectations) {
    this.map = new PageMap(manager.pages);
    this.#manager = manager;
    this.#expectations = expectations;
  }

  /** @returns what was handed out; `null`: nothing */
  play(operation: SpaceOperation): Allocation | null {
    const allocation = operation.op === "allocate" ? this.#allocate(operation) : this.free(operation.index);
    expect(this.#manager.usedPages).toBe(this.map.taken);
    return allocation;
  }

  free(index: number): null {
    const [allocation] = this.held.splice(index % Math.max(1, this.held.length), 1);
    if (allocation === undefined) return null;
    this.#manager.free(allocation);
    for (const range of allocation.ranges) this.map.release(range);
    return null;
  }

  #allocate(request: Request): Allocation | null {
    const room = this.#room(request);
    const outcome = attempt(() => this.#manager.allocate(request));
    if (room === "never" || room === "none") {
      expect(outcome).toBe(room === "never" ? "EINVAL" : null);
      return null;
    }
    const allocation = outcome as Allocation;
    for (const range of allocation.ranges) this.map.take(range);
    this.#expectShape(allocation, request);
    this.held.push(allocation);
    return allocation;
  }

  #room(request: Request): "some" | "none" | "never" {
    const { first = 0, end = this.#manager.pages } = request.place;
    if (request.pages > this.#manager.pages || first >= end || end > this.#manager.pages) return "never";
    const { block, scatters } = this.#expectations;
    const window = { first: Math.ceil(first / block) * block, end: Math.floor(end / block) * block };
    const pages = this.#taken(request);
    if (window.end - window.first < pages) return "never";
    const isAnywhere = scatters && !request.place.contiguous;
    return (isAnywhere ? this.map.freeIn(window) : this.map.longestRun(window)) >= pages ? "some" : "none";
  }

  #expectShape(allocation: Allocation, request: Request): void {
    const { pages, start, ranges } = allocation;
    expect(pages).toBe(this.#taken(request));
    expect(sum(ranges)).toBe(pages);
    expect(start).toBe(ranges.length === 1 ? ranges[0]?.first : null);
    for (const [i, { first }] of ranges.slice(1).entries()) expect(first).toBeGreaterThan(ranges[i]?.end ?? 0);
    expect(this.#manager.fits(allocation, request.place)).toBe(true);
    expect(this.#manager.overlaps(allocation, request.place)).toBe(true);
  }

  #taken(request: Request): number {
    return Math.ceil(request.pages / this.#expectations.block) * this.#expectations.block;
  }
}

function sum(ranges: readonly PageRange[]): number {
  return ranges.reduce((pages, { first, end }) => pages + end - first, 0);
}

function attempt<T>(call: () => T): T | string {
  try {
    return call();
  } catch (error) {
    if (error instanceof DmemError) return error.code;
    throw error;
  }
}
