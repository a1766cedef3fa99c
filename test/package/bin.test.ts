import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { install } from "./install.ts";

const { consumer } = install();

function dmemcg(...args: string[]) {
  const program = join(consumer, "node_modules/.bin/dmemcg");
  return spawnSync(program, args, { cwd: consumer, encoding: "utf8", shell: process.platform === "win32" });
}

test("dmemcg --help explains the command", () => {
  const { status, stdout } = dmemcg("--help");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Usage: dmemcg /);
});

test("dmemcg replay runs its built-in scenario, with its threads", () => {
  const { status, stdout } = dmemcg("replay");
  expect(status).toBe(0);
  expect(stdout).not.toBe("");
});
