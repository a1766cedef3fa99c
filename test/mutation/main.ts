import { relative } from "node:path";
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
  plugins: ["@stryker-mutator/vitest-runner", "./test/mutation/stryker-plugins.mjs"],
  ignorers: ["error-prose", "first-words"],
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  concurrency: Number(process.env.CONCURRENCY ?? 1),
  timeoutMS: 5000,
  disableTypeChecks: "{src,test}/**/*.ts",
  ignorePatterns: ["/docs", "/test/fixtures", "/test/stress", "/test/model", `/${OUT}`],
  tempDirName: `${OUT}/sandbox`,
  reporters: ["survivors"],
  allowEmpty: true,
  allowConsoleColors: false,
  logLevel: "warn" as never, // its enum is one that only the compiler has
}).runMutationTest();

const STATES = { Killed: "killed", Timeout: "killed", Survived: "survived", NoCoverage: "survived" } as const;

report(
  results.flatMap(({ fileName, status, statusReason }): Mutant[] => {
    const listed = status === "Ignored" && !/^(Static mutant|The sentence of an error)/.test(statusReason ?? "");
    const state = listed ? "listed" : STATES[status as keyof typeof STATES];
    if (state === undefined) return [];
    return [{ file: relative(".", fileName), state }];
  }),
);
