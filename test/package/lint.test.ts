import { join } from "node:path";
import { expect, test } from "vitest";
import { runNode } from "./command.ts";
import { install } from "./install.ts";

const { tarball } = install();

test("publint has nothing to say about the package", () => {
  const said = runNode(process.cwd(), join("node_modules", "publint", "src", "cli.js"), "run", tarball, "--strict");
  expect(said).toContain("All good!");
});

test("the types are not wrong, from ESM or from CJS", () => {
  const attw = join("node_modules", "@arethetypeswrong", "cli", "dist", "index.js");
  const options = ["--profile", "node16", "--no-definitely-typed", "--format", "ascii", "--no-color", "--no-emoji"];
  expect(runNode(process.cwd(), attw, tarball, ...options)).toContain('"dmemcg/page-counter"');
});
