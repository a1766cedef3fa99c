import { audit } from "../audit/audit.ts";
import { type Exploration, Explorer, Failure } from "./exploration.ts";
import type { Program } from "./program.ts";
import { World } from "./world.ts";

/** Explores a program, and compares what its calls answered with what whole calls in some order would have. */
export function runProgram(module: WebAssembly.Module, program: Program): Exploration {
  const found = explorerOf(module, program).explorer.explore();
  const { answers = "sequential" } = program;
  if (answers === "any") return found;
  const allowed = explorerOf(module, program, true).explorer.explore().outcomes;
  for (const [outcome, path] of found.outcomes) {
    if (!allowed.has(outcome)) {
      throw new Failure(`no order of whole calls answers ${outcome}, but ${[...allowed.keys()].join(" or ")}`, path);
    }
  }
  return found;
}

/** `isAtomic`: whole calls in every order, instead of every interleaving of their steps. */
export function explorerOf(
  module: WebAssembly.Module,
  program: Program,
  isAtomic = false,
): { explorer: Explorer; world: World } {
  const world = new World(module, isAtomic ? { ...program, mortals: [] } : program);
  const explorer = new Explorer(world, {
    isAtomic,
    check: (answers) => {
      program.check?.(world, answers);
      const [complaint] = audit(world.words, { mayExceed: program.mayExceed ?? false });
      if (complaint !== undefined) throw new Error(complaint);
    },
  });
  return { explorer, world };
}
