import { defineConfig } from "vitest/config";
import { quickestFirst } from "./quickest-first.ts";

/** What starts programs of its own or what was built: a mutant of the sources is not in there. */
const BUILT = [
  "bench/*",
  "cgroup/thread",
  "cli/{arena,replay,scenario}",
  "core/shared-core",
  "drivers/guide",
  "examples",
];
/** What weighs the heap or waits for what is collected, and what takes long. */
const HEAVY = ["unit/ttm/buffer-memory", "injection/open", "property/ttm-min"];
/** The quickest first: the others are only run for what these do not notice. */
const FOLDERS = ["unit", "contract", "injection", "property"];

/** The tests that mutants are run against: those of `src`, the random ones with few runs that are always the same. */
export default defineConfig({
  test: {
    include: FOLDERS.map((folder) => `test/${folder}/**/*.test.ts`),
    exclude: [...BUILT.map((name) => `unit/${name}`), ...HEAVY].map((name) => `test/${name}.test.ts`),
    setupFiles: ["test/mutation/setup.ts"],
    env: { EFFORT: "0.05", SEED: "1" },
    isolate: false, // loads the sources once for each mutant, not once for each file of tests
    sequence: { sequencer: quickestFirst((file) => FOLDERS.findIndex((name) => file.includes(`/test/${name}/`))) },
    testTimeout: 10_000,
  },
});
