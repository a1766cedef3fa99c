import { CountManager } from "./count-manager.ts";

/** System memory: it has no addresses, and it never runs out. What it used up is counted all the same. */
export class SystemManager extends CountManager {
  constructor() {
    super(Number.POSITIVE_INFINITY);
  }
}
