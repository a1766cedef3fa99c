import type { Allocation, Place, Request, ResourceManager } from "../../src/ttm/index.ts";

/** Looks over the shoulder of a manager with addresses. What it finds wrong it notes, for nobody may catch it. */
export class WatchedManager implements ResourceManager {
  readonly complaints: string[] = [];
  readonly #manager: ResourceManager;
  readonly #held = new Set<Allocation>();

  constructor(manager: ResourceManager) {
    this.#manager = manager;
  }

  get pages(): number {
    return this.#manager.pages;
  }

  get usedPages(): number {
    return this.#manager.usedPages;
  }

  allocate(request: Request): Allocation | null {
    const allocation = this.#manager.allocate(request);
    if (allocation !== null) this.#note(allocation, request);
    return allocation;
  }

  free(allocation: Allocation): void {
    if (!this.#held.delete(allocation)) this.complaints.push("freed what is not held");
    this.#manager.free(allocation);
    this.#checkSum();
  }

  fits(allocation: Allocation, place: Place): boolean {
    return this.#manager.fits(allocation, place);
  }

  overlaps(allocation: Allocation, place: Place): boolean {
    return this.#manager.overlaps(allocation, place);
  }

  #note(allocation: Allocation, { pages, place }: Request): void {
    const twice = [...this.#held].some(({ ranges }) => meet(ranges, allocation.ranges));
    this.#held.add(allocation);
    if (twice) this.complaints.push(`handed out twice: ${shown(allocation)}`);
    if (allocation.pages < pages || allocation.pages !== sumOf(allocation)) this.complaints.push("a wrong size");
    if (!isWithin(allocation, place, this.pages)) this.complaints.push(`not where asked for: ${shown(allocation)}`);
    this.#checkSum();
  }

  #checkSum(): void {
    const sum = [...this.#held].reduce((pages, allocation) => pages + sumOf(allocation), 0);
    if (sum !== this.usedPages) this.complaints.push(`${this.usedPages} pages in use, but ${sum} are held`);
  }
}

/** Whether it lies where the place asks for it, in a manager of so many pages. */
export function isWithin({ ranges }: Allocation, place: Place, pages: number): boolean {
  const { first: low = 0, end: high = pages, contiguous } = place;
  if (contiguous && ranges.length !== 1) return false;
  return ranges.length > 0 && ranges.every(({ first, end }) => low <= first && first < end && end <= high);
}

type Ranges = Allocation["ranges"];

function meet(some: Ranges, others: Ranges): boolean {
  return some.some((a) => others.some((b) => a.first < b.end && b.first < a.end));
}

function sumOf({ ranges }: Allocation): number {
  return ranges.reduce((sum, { first, end }) => sum + end - first, 0);
}

function shown({ ranges }: Allocation): string {
  return ranges.map(({ first, end }) => `${first} to ${end}`).join(", ");
}
