import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./test/summary-reporter.ts";

const fast = ["unit", "contract", "property", "conformance", "model", "injection", "fuzz", "tidy"];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ["default", new SummaryReporter()],
    projects: [
      { extends: true, test: { name: "tests", include: fast.map((folder) => `test/${folder}/**/*.test.ts`) } },
      {
        extends: true,
        test: {
          name: "stress",
          include: ["test/stress/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 600_000 * Math.max(1, Number(process.env.EFFORT ?? 1)),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "package",
          include: ["test/package/**/*.test.ts"],
          fileParallelism: false,
          testTimeout: 300_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
