import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

function bench(...suites: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, BENCH: "small" };
  return spawnSync(process.execPath, ["--import", "tsx", "bench/main.ts", ...suites], { env, encoding: "utf8" });
}

test("the charge suite runs, and leaves every counter as it should", () => {
  const { status, stdout } = bench("charge");
  expect(stdout).toMatch(/pool\.tryCharge, depth 16 +\d+\.\d ns +\d+\.\d\d/);
  expect(status).toBe(0);
});

test("a suite that there is not is named, with those that there are", () => {
  const { status, stderr } = bench("chrage");
  expect([status, stderr]).toEqual([2, "No suite chrage; there are: charge.\n"]);
});
