import { arenaTargets } from "./arenas.ts";
import { fileTargets } from "./files.ts";
import { memparseTarget } from "./memparse.ts";
import type { Target } from "./target.ts";
import { traceTargets } from "./traces.ts";

/** Each is made when it is needed, and closed after. */
export const TARGETS: readonly (() => Target)[] = [
  () => memparseTarget,
  ...fileTargets,
  ...arenaTargets,
  ...traceTargets.map((target) => () => target),
];
