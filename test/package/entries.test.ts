import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runNode } from "./command.ts";
import { install } from "./install.ts";

const { consumer } = install();
const { exports } = JSON.parse(readFileSync(join(consumer, "node_modules/dmemcg/package.json"), "utf8"));
const entries = Object.keys(exports).filter((entry) => !entry.endsWith(".json"));
const MiB = 2 ** 20;

const CASES = ["main.mjs", "main.cjs"].flatMap((main) =>
  ["worker.mjs", "worker.cjs"].map((worker) => ({ main, worker })),
);

test.each(CASES)("$worker attaches to the controller of $main", ({ main, worker }) => {
  const figures = JSON.parse(runNode(consumer, main, `./${worker}`));
  expect(figures).toEqual({ during: 3 * MiB, after: MiB, held: MiB });
});

test.each(entries)("%s offers the same by import and by require", (entry) => {
  const { imported, required } = JSON.parse(runNode(consumer, "names.mjs", entry.replace(".", "dmemcg")));
  expect(imported).not.toEqual([]);
  expect(imported).toEqual(required);
});

test("an imported and a required copy work on one arena", () => {
  expect(JSON.parse(runNode(consumer, "both.mjs"))).toEqual({
    usage: 1500,
    held: [600, 900],
    adopted: 400,
    refusedBy: "/game vram",
    copies: 2,
    left: 600,
  });
});

test("the page counter can be imported and required", () => {
  expect(JSON.parse(runNode(consumer, "counters.mjs"))).toEqual(["7", "7"]);
});

test("a required device works on a required controller, and throws its errors", () => {
  expect(JSON.parse(runNode(consumer, "device.cjs"))).toEqual(["system", "vram", "EINVAL"]);
});
