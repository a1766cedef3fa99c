import { DmemError } from "../../src/index.ts";
import type { Allocation, Place, Request, ResourceManager } from "../../src/ttm/index.ts";
import type { CountedFault } from "./fault.ts";

/** A manager that the fault makes full for one request, or breaks for it. */
export class FailingManager implements ResourceManager {
  readonly #manager: ResourceManager;
  readonly #fault: CountedFault;
  readonly #how: "full" | "broken";

  constructor(manager: ResourceManager, fault: CountedFault, how: "full" | "broken") {
    this.#manager = manager;
    this.#fault = fault;
    this.#how = how;
  }

  get pages(): number {
    return this.#manager.pages;
  }

  get usedPages(): number {
    return this.#manager.usedPages;
  }

  allocate(request: Request): Allocation | null {
    if (!this.#fault.strikes()) return this.#manager.allocate(request);
    if (this.#how === "full") return null;
    throw new DmemError("ENOMEM", "There is no memory for the manager's own books.");
  }

  free(allocation: Allocation): void {
    this.#manager.free(allocation);
  }

  fits(allocation: Allocation, place: Place): boolean {
    return this.#manager.fits(allocation, place);
  }

  overlaps(allocation: Allocation, place: Place): boolean {
    return this.#manager.overlaps(allocation, place);
  }
}
