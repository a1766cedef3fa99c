import type { Program } from "../engine/program.ts";
import { AGENTS } from "./agents.ts";
import { CHARGES } from "./charges.ts";
import { DEATHS } from "./deaths.ts";
import { LIMITS } from "./limits.ts";
import { REGIONS } from "./regions.ts";
import { STOCKS } from "./stocks.ts";
import { TICKETS } from "./tickets.ts";
import { TREE } from "./tree.ts";

/** Those in which nobody dies. */
export const LIVES: readonly Program[] = [...CHARGES, ...LIMITS, ...STOCKS, ...TICKETS, ...TREE, ...REGIONS, ...AGENTS];

/** The same, where plain stores are seen late. */
export const LATE: readonly Program[] = LIVES.map((program) => late(program, 2));

export const PROGRAMS: readonly Program[] = [...LIVES, ...LATE, ...DEATHS];

/** With one more preemption each, and deaths where plain stores are seen late: for a night. */
export const LONG: readonly Program[] = [
  ...[...LIVES, ...LATE, ...DEATHS].map((program) => ({
    ...program,
    preemptions: (program.preemptions ?? Number.POSITIVE_INFINITY) + 1,
  })),
  ...DEATHS.map((program) => late(program, 1)),
];

function late(program: Program, preemptions: number): Program {
  return { ...program, name: `${program.name}, stores seen late`, buffered: true, preemptions };
}
