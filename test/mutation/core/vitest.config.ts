import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { quickestFirst } from "../quickest-first.ts";

/** The tests of what a charge, a limit and a question about protection run through: the quickest first. */
const TESTS = [
  "core/stock",
  "cgroup/batch",
  "page-counter/page-counter",
  "core/account",
  "core/account-record",
  "cgroup/protection",
  "cgroup/protection-survey",
  "cgroup/limit",
  "cgroup/eviction",
  "core/core",
  "cgroup/handover",
  "cgroup/region",
  "core/full-arena",
  "cgroup/pool",
  "core/stock-return",
  "core/muldiv",
  "core/recovery",
  "core/semantics",
].map((name) => `test/unit/${name}.test.ts`);
TESTS.unshift("test/contract/page-counter.test.ts");
TESTS.push("test/mutation/core/vectors.test.ts");

export default defineConfig({
  resolve: { alias: { "#core-binary": fileURLToPath(new URL("binary.ts", import.meta.url)) } },
  test: {
    include: TESTS,
    pool: "threads", // which end with the process that is stopped: one that runs in circles would never end itself
    isolate: false,
    fileParallelism: false,
    bail: 1,
    sequence: { sequencer: quickestFirst((file) => TESTS.findIndex((name) => file.endsWith(name))) },
    testTimeout: 10_000,
  },
});
