import { createVitest } from "vitest/node";

// A process of its own, which may be stopped when a mutant never comes back: runs the tests each time that it is asked.

const vitest = await createVitest("test", {
  config: "test/mutation/core/vitest.config.ts",
  watch: false,
  reporters: [{ onTestRunEnd() {} }],
});

process.on("message", async () => {
  vitest.state.filesMap.clear();
  vitest.state.errorsSet.clear();
  await vitest.start();
  const files = vitest.state.getFiles();
  const passed = files.every(({ result }) => result?.state === "pass" || result?.state === "skip");
  process.send?.(passed && files.length > 0 && vitest.state.errorsSet.size === 0);
});
process.send?.("ready");
