import { randomInt } from "node:crypto";

// EFFORT=10 does ten times as much. STRESS_SEED=<seed> makes the moves of an earlier run again, though not in the order
// in which the threads made them. MINUTES=30 lets the full mix go on for so long.

export const EFFORT = Number(process.env.EFFORT ?? 1);
export const SEED = Number(process.env.STRESS_SEED ?? randomInt(2 ** 32));
export const MINUTES = process.env.MINUTES === undefined ? null : Number(process.env.MINUTES);
