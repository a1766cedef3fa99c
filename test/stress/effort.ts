import { randomInt } from "node:crypto";

// EFFORT=10 does ten times as much. STRESS_SEED=<seed> makes the moves of an earlier run again, though not in the order
// in which the threads made them.

export const EFFORT = Number(process.env.EFFORT ?? 1);
export const SEED = Number(process.env.STRESS_SEED ?? randomInt(2 ** 32));
