// A failure prints its seed and its path: `{ seed: -123, path: "4:1:0", … }`. To run just that one again:
//
//     SEED=-123 SEED_PATH=4:1:0 npx vitest run test/property

const { EFFORT = "1", SEED, SEED_PATH } = process.env;

/** For one test. */
export const TIMEOUT_MS = 60_000 * Math.max(1, Number(EFFORT));

/** Parameters for `fc.assert`: so many runs, times EFFORT, or the one that the environment asks for. */
export function runs(count: number): { numRuns: number; seed?: number; path?: string } {
  return {
    numRuns: Math.ceil(count * Number(EFFORT)),
    ...(SEED === undefined ? {} : { seed: Number(SEED) }),
    ...(SEED_PATH === undefined ? {} : { path: SEED_PATH }),
  };
}
