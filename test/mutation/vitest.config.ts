import { defineConfig } from "vitest/config";

/** What starts programs of its own or what was built: a mutant of the sources is not in there. */
const BUILT = ["*-cli", "bench", "bench-report", "drivers-guide", "examples", "shared-core", "thread"];

/** The tests that mutants are run against: those of `src` that take milliseconds each. */
export default defineConfig({
  test: {
    include: ["unit", "contract", "injection"].map((folder) => `test/${folder}/**/*.test.ts`),
    exclude: BUILT.map((name) => `test/unit/${name}.test.ts`),
    isolate: false, // loads the sources once for each mutant, not once for each file of tests
    testTimeout: 10_000,
  },
});
