import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

// Each example checks by itself what it claims. `dmemcg` is the project itself there: what was built.

const FOLDER = fileURLToPath(new URL("../../examples/", import.meta.url));
const examples = readdirSync(FOLDER).filter((file) => file.endsWith(".mjs"));

test("there is an example for each promise", () => {
  expect(examples).toHaveLength(3);
});

test.each(examples)("%s keeps its promise, and shows it", (file) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: FOLDER, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("┌");
});

test("the list of examples is complete", () => {
  const listed = [...readFileSync(`${FOLDER}README.md`, "utf8").matchAll(/\]\(([^)]+)\)/g)].map(([, file]) => file);
  expect(listed.toSorted()).toEqual(examples.toSorted());
});
