import { randomInt } from "node:crypto";

// For tests that make their random operations themselves. A failure names its seed; to run that one again:
//
//     SEED=123 npx vitest run test/property/ttm-min.test.ts

const { EFFORT = "1", SEED } = process.env;

/** So many seeds, times EFFORT, or the one that the environment asks for. */
export function seeds(count: number): readonly number[] {
  if (SEED !== undefined) return [Number(SEED)];
  return Array.from({ length: Math.ceil(count * Number(EFFORT)) }, () => randomInt(2 ** 32));
}

/** Names the seed of what `attempt` throws. */
export function withSeed<T>(seed: number, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    throw named(seed, error);
  }
}

/** The same for what takes its time. */
export async function withSeedAsync<T>(seed: number, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    throw named(seed, error);
  }
}

function named(seed: number, error: unknown): Error {
  return new Error(`SEED=${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
}
