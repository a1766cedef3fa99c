import type { Cgroup, Dmem } from "../../src/index.ts";
import { isDocumented } from "./target.ts";

/** Does one thing after the other, whatever comes of each. What is no documented error ends it. */
export class Steps {
  #first: Error | null = null;

  try(step: () => void): void {
    try {
      step();
    } catch (error) {
      if (!isDocumented(error)) throw error;
      this.#first ??= error;
    }
  }

  /** Throws the first error that there was. */
  end(): void {
    if (this.#first !== null) throw this.#first;
  }
}

/** Reads all that there is to read, uses it a little if that is wanted, and disposes of it. */
export function visit(dmem: Dmem, isUsed: boolean): void {
  const steps = new Steps();
  try {
    steps.try(() => readBelow(steps, dmem.root));
    for (const path of ["/", "/game/level"]) steps.try(() => dmem.cgroup(path).child("nowhere"));
    if (isUsed) use(steps, dmem);
  } finally {
    steps.try(() => dmem.dispose());
    dmem.dispose();
  }
  steps.end();
}

function readBelow(steps: Steps, group: Cgroup): void {
  steps.try(() => {
    for (const file of group.files) steps.try(() => void group.read(file));
  });
  steps.try(() => {
    for (const child of group.children) readBelow(steps, child);
  });
}

function use(steps: Steps, dmem: Dmem): void {
  steps.try(() => dmem.root.mkdir("new").mkdir("below"));
  steps.try(() => dmem.registerRegion("new", { size: 1 }));
  for (const path of ["/game/level", "/new"]) {
    steps.try(() => {
      const group = dmem.cgroup(path);
      for (const region of dmem.regions) {
        const pool = group.pool(region);
        steps.try(() => {
          if (pool.tryCharge(4096) === null) pool.uncharge(4096);
        });
        steps.try(() => pool.charge(1));
        steps.try(() => pool.drain());
        steps.try(() => void pool.effectiveProtection());
        steps.try(() => {
          pool.min = 1;
          pool.max = 0;
        });
        steps.try(() => void pool.tryCharge(1)); // whoever is refused looks for the dead
      }
    });
  }
  for (const path of ["/game/level", "/game", "/new/below"]) steps.try(() => dmem.cgroup(path).rmdir());
  for (const region of ["new", "drm/0/vram0"]) steps.try(() => dmem.region(region).unregister());
}
