import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { missing, needsAddon } from "../support/native-addon.ts";

// Each example checks by itself what it claims. `dmemcg` is the project itself there: what was built.

const FOLDER = fileURLToPath(new URL("../../examples/", import.meta.url));
const examples = readdirSync(FOLDER).filter((file) => file.endsWith(".mjs"));
const AMONG_PROCESSES = "three-processes-share-a-card.mjs";

function run(file: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: FOLDER, encoding: "utf8" });
  return { status, stdout, stderr };
}

test("there is an example for each promise, and one for all of them among processes", () => {
  expect(examples).toContain(AMONG_PROCESSES);
  expect(examples).toHaveLength(4);
});

test.each(examples.filter((file) => file !== AMONG_PROCESSES))("%s keeps its promise, and shows it", (file) => {
  const { status, stdout, stderr } = run(file);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("┌");
});

test.skipIf(missing !== null)(needsAddon(`${AMONG_PROCESSES} keeps all promises, and shows it`), () => {
  const { status, stdout, stderr } = run(AMONG_PROCESSES);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/was killed *│ '3 GiB' │ '3 GiB' *│ '0 bytes' *│ '6 GiB'/);
});

test("the list of examples is complete", () => {
  const listed = [...readFileSync(`${FOLDER}README.md`, "utf8").matchAll(/\]\(([^)]+)\)/g)].map(([, file]) => file);
  expect(listed.toSorted()).toEqual(examples.toSorted());
});
