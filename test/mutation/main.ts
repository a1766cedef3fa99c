import { Stryker } from "@stryker-mutator/core";
import { type Mutant, report } from "./report.ts";

// `npm run mutation -- [FILE | FOLDER | FILE:FIRST-LAST]…`: changes the sources a little, one change at a time, and
// runs the tests that reach it. A change that no test notices survives.

const FOLDERS = ["src/cgroup", "src/ttm", "src/page-counter", "src/core"];
const OUT = "build/mutation";

const wanted = process.argv.slice(2);
const mutate = (wanted.length > 0 ? wanted : FOLDERS).map((path) => (path.includes(".ts") ? path : `${path}/**/*.ts`));

const results = await new Stryker({
  mutate,
  testRunner: "vitest",
  vitest: { configFile: "test/mutation/vitest.config.ts" },
  plugins: ["@stryker-mutator/vitest-runner", "./test/mutation/error-prose.mjs"],
  ignorers: ["error-prose"],
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  concurrency: Number(process.env.CONCURRENCY ?? 1),
  timeoutMS: 10_000,
  disableTypeChecks: "{src,test}/**/*.ts",
  ignorePatterns: ["/docs", "/test/fixtures", "/test/stress", "/test/property", "/test/model", `/${OUT}`],
  tempDirName: `${OUT}/sandbox`,
  reporters: ["progress-append-only"],
  allowEmpty: true,
  allowConsoleColors: false,
}).runMutationTest();

const STATES = { Killed: "killed", Timeout: "killed", Survived: "survived", NoCoverage: "survived" } as const;

report(
  results.flatMap(({ fileName, location, status, statusReason, mutatorName, replacement }): Mutant[] => {
    const listed = status === "Ignored" && statusReason !== undefined && !/static|error/.test(statusReason);
    const state = listed ? "listed" : STATES[status as keyof typeof STATES];
    if (state === undefined) return [];
    const what = `${mutatorName}: ${replacement ?? ""}${status === "NoCoverage" ? " (no test reaches it)" : ""}`;
    return [{ file: fileName, line: location.start.line, state, what }];
  }),
);
