import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

// Runs each suite in a process of its own: two instances of the core in one process would slow each other down.
// `npm run bench -- charge` runs one suite.

const folder = fileURLToPath(new URL(".", import.meta.url));
const known = readdirSync(folder).flatMap((file) => /^(.+)\.bench\.ts$/.exec(file)?.[1] ?? []);
const wanted = process.argv.length > 2 ? process.argv.slice(2) : known;
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No suite ${unknown.join(", ")}; there are: ${known.join(", ")}.`);
  process.exitCode = 2;
} else {
  for (const name of wanted) {
    const run = spawnSync(process.execPath, ["--import", "tsx", `${folder}${name}.bench.ts`], { stdio: "inherit" });
    if (run.status !== 0) process.exitCode = 1;
  }
}
