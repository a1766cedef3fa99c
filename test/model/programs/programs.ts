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

export const PROGRAMS: readonly Program[] = [...LIVES, ...DEATHS];
