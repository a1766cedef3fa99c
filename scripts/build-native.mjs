// Compiles native/: npm run build:native, or with -- --prebuild where a package is packed from.
//
// The compiler is called as it is, because there is one file and nothing to configure. `node-gyp rebuild` in native/
// does the same for whoever prefers it, and writes to the same place; but it fetches Node's own headers for that.

import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { parseArgs } from "node:util";

const { include_dir: headers } = createRequire(import.meta.url)("node-api-headers");
const { values } = parseArgs({ options: { prebuild: { type: "boolean", default: false } } });

const COMPILER = process.env.CC ?? "cc";
const FLAGS = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-fPIC", "-fvisibility=hidden", "-shared", "-s"];
const FOLDER = values.prebuild ? `native/prebuilds/${process.platform}-${process.arch}` : "native/build/Release";
const FILE = `${FOLDER}/dmemcg.node`;

process.exitCode = build();

function build() {
  if (process.platform !== "linux") return refuse(`Dmem.open needs Linux; this is ${process.platform}.`);
  mkdirSync(dirname(FILE), { recursive: true });
  const output = `${FILE}.${process.pid}`; // programs may be running on the one that is there
  const { status, stderr, error } = spawnSync(COMPILER, [...FLAGS, `-I${headers}`, "native/dmemcg.c", "-o", output], {
    encoding: "utf8",
  });
  if (error !== undefined) return refuse(`No C compiler (${COMPILER}): install one, or name one in CC.`);
  if (status !== 0) return refuse(`${COMPILER} does not compile native/dmemcg.c:\n${stderr}`);
  if (stderr !== "") console.error(stderr);
  renameSync(output, FILE);
  console.log(FILE);
  return 0;
}

function refuse(sentence) {
  console.error(sentence);
  return 1;
}
